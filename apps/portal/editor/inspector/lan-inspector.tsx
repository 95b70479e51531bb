'use client'
import type { Lan, VirtualLink } from '@myvini/core/topology/topology'
import { RectangleEllipsis, Trash2 } from 'lucide-react'
import { IconButton } from '../../components/button'
import { Switch } from '../../components/toggles'
import { useShown, useWorkspace } from '../workspace-context'
import { TextField } from './fields'
import { InspectorHead, InspectorSection, LiveFacts, ProblemsOf, useFieldProblem } from './parts'
import { PinField } from './pin-field'
import { vlanWords } from './vlan-field'

export function LanInspector({ lan }: { lan: Lan }) {
  const { shown, focusOn } = useWorkspace()
  const readOnly = useShown((s) => s.readOnly)
  const topology = useShown((s) => s.history.present)
  const nameProblem = useFieldProblem(lan.id, [
    'topology.name-invalid',
    'topology.name-taken',
    'topology.name-reserved',
  ])
  const vlanOf = (link: VirtualLink) => {
    const end = link.ends.find((e) => e.kind === 'lan' && e.lan === lan.id)
    return lan.vlanFiltering && end?.kind === 'lan' ? vlanWords(end.vlan) : null
  }
  const members = topology.links
    .filter((l) => l.ends.some((e) => e.kind === 'lan' && e.lan === lan.id))
    .flatMap((link) => {
      const other = link.ends.find((e) => e.kind !== 'lan' || e.lan !== lan.id)
      if (!other) return []
      if (other.kind === 'lan') {
        const name = topology.lans.find((l) => l.id === other.lan)?.name ?? '?'
        return [{ linkId: link.id, name, aside: vlanOf(link) ?? 'a LAN' }]
      }
      const host = topology.hosts.find((h) => h.id === other.host)
      const iface = host?.interfaces.find((i) => i.id === other.interface)
      return [{ linkId: link.id, name: host?.name ?? '?', aside: vlanOf(link) ?? iface?.ipv4 ?? 'no address' }]
    })
  const set = (patch: Partial<Pick<Lan, 'stp' | 'vlanFiltering'>>, what: string) =>
    shown.edit({ kind: 'update-lan', lan: lan.id, patch }, what)
  return (
    <>
      <InspectorHead icon={<RectangleEllipsis />} title="LAN">
        {!readOnly && (
          <IconButton label={`Remove ${lan.name}`} onClick={() => shown.removeChosen()}>
            <Trash2 />
          </IconButton>
        )}
      </InspectorHead>
      <LiveFacts kind="lan" id={lan.id} />
      <ProblemsOf ids={[lan.id]} />
      <InspectorSection>
        <TextField
          id="inspector-name"
          label="Name"
          mono
          value={lan.name}
          error={nameProblem}
          disabled={readOnly}
          onChange={(name) =>
            shown.edit({ kind: 'update-lan', lan: lan.id, patch: { name } }, `Rename ${lan.name}`, `lan ${lan.id} name`)
          }
        />
        <PinField
          value={lan.pin}
          disabled={readOnly}
          onChange={(pin) =>
            shown.edit({ kind: 'update-lan', lan: lan.id, patch: { pin } }, `Change the place of ${lan.name}`)
          }
        />
      </InspectorSection>
      <InspectorSection title="Switch">
        <div className="flex flex-col gap-1">
          <Switch
            visible
            label="Spanning tree (STP)"
            checked={lan.stp}
            disabled={readOnly}
            onChange={(stp) => set({ stp }, `Switch ${stp ? 'on' : 'off'} STP at ${lan.name}`)}
          />
          <p className="text-faint text-xs">
            Needed where LANs are joined in a circle. A link then carries after 8 seconds.
          </p>
        </div>
        <div className="flex flex-col gap-1">
          <Switch
            visible
            label="VLANs"
            checked={lan.vlanFiltering}
            disabled={readOnly}
            onChange={(on) => set({ vlanFiltering: on }, `Switch ${on ? 'on' : 'off'} VLANs at ${lan.name}`)}
          />
          <p className="text-faint text-xs">
            Each link's VLAN is set at the link; in VLAN 1 without a tag if nothing is.
          </p>
        </div>
      </InspectorSection>
      <InspectorSection title="Joins" aside={<span className="text-faint text-xs tabular">{members.length}</span>}>
        {members.length === 0 ? (
          <p className="text-faint text-sm">Nothing yet. Draw links from hosts or routers to it.</p>
        ) : (
          <ul className="-mx-1.5">
            {members.map((member) => (
              <li key={member.linkId}>
                <button
                  type="button"
                  onClick={() => focusOn({ kind: 'link', id: member.linkId })}
                  className="flex h-7 w-full items-center justify-between gap-2 rounded-sm px-1.5 text-sm hover:bg-hover"
                >
                  <span className="truncate">{member.name}</span>
                  <span className="font-mono text-faint text-xs">{member.aside}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </InspectorSection>
    </>
  )
}
