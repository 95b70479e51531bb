'use client'
import type { Edit, NodeRef } from '@myvini/core/topology/edit'
import type { LinkEnd, VirtualLink } from '@myvini/core/topology/topology'
import { Select } from '../../components/input'
import { randomIds } from '../model/new-id'
import { keyOfLink } from '../model/selection'
import { useShown, useWorkspace } from '../workspace-context'

const refOf = (end: LinkEnd): NodeRef =>
  end.kind === 'lan' ? { kind: 'lan', id: end.lan } : { kind: 'host', id: end.host }

/** Hangs one end of a link on another thing; capacity and delay stay. */
export function MoveEnd({ link, index }: { link: VirtualLink; index: 0 | 1 }) {
  const { shown } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const here = refOf(link.ends[index])
  const otherIndex = index === 0 ? 1 : 0
  const otherEnd = link.ends[otherIndex]
  const other = refOf(otherEnd)
  const things: { ref: NodeRef; name: string }[] = [
    ...topology.hosts.map((h) => ({ ref: { kind: 'host' as const, id: h.id }, name: h.name })),
    ...topology.lans.map((l) => ({ ref: { kind: 'lan' as const, id: l.id }, name: l.name })),
  ]
  const choices = things
    .filter(({ ref }) => ref.id !== other.id)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const move = (id: string) => {
    const to = things.find((t) => t.ref.id === id)?.ref
    if (!to || to.id === here.id) return
    const made = randomIds.link()
    const edits: Edit[] = [
      { kind: 'remove', nodes: [], links: [link.id] },
      {
        kind: 'connect',
        from: index === 0 ? to : other,
        to: index === 0 ? other : to,
        link: made,
        interfaces: [randomIds.interface(), randomIds.interface()],
        capacityMbps: link.capacityMbps,
      },
      { kind: 'update-link', link: made, patch: { maxDelayMs: link.maxDelayMs, useIdle: link.useIdle } },
      ...(otherEnd.kind === 'lan' && otherEnd.vlan
        ? [{ kind: 'set-vlan' as const, link: made, end: otherIndex, vlan: otherEnd.vlan } satisfies Edit]
        : []),
    ]
    shown.edit(edits, 'Move the end of a link', null, new Set([keyOfLink(made)]))
  }
  return (
    <Select aria-label="Move this end to" value={here.id} onChange={(e) => move(e.target.value)}>
      {choices.map(({ ref, name }) => (
        <option key={ref.id} value={ref.id}>
          {ref.id === here.id ? `at ${name}` : `move to ${name}`}
        </option>
      ))}
    </Select>
  )
}
