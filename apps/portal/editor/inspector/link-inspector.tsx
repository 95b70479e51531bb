'use client'
import { linkCost, MOST_COST } from '@myvini/core/routing/cost'
import type { LinkPatch } from '@myvini/core/topology/edit'
import type { LinkEnd, VirtualLink } from '@myvini/core/topology/topology'
import { LIMITS } from '@myvini/core/topology/topology'
import { Cable, Trash2 } from 'lucide-react'
import { IconButton } from '../../components/button'
import { Switch } from '../../components/toggles'
import { rate } from '../canvas/link-load'
import { type SliceStatus, useShown, useView, useWorkspace } from '../workspace-context'
import { AddressField } from './address-field'
import { EmulationSection } from './emulation-section'
import { NumberField } from './fields'
import { LinkPaths } from './link-paths'
import { LinkWays } from './link-ways'
import { MoveEnd } from './move-end'
import { Fact, InspectorHead, InspectorSection, LiveFacts, ProblemsOf } from './parts'
import { VlanField } from './vlan-field'

function End({ link, index, readOnly }: { link: VirtualLink; index: 0 | 1; readOnly: boolean }) {
  const { shown, focusOn } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const end: LinkEnd = link.ends[index]
  const thing =
    end.kind === 'lan' ? topology.lans.find((l) => l.id === end.lan) : topology.hosts.find((h) => h.id === end.host)
  const host = end.kind === 'interface' ? topology.hosts.find((h) => h.id === end.host) : undefined
  const iface = end.kind === 'interface' ? host?.interfaces.find((i) => i.id === end.interface) : undefined
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line p-2">
      <div className="flex items-center justify-between gap-2 text-sm">
        <button
          type="button"
          onClick={() => focusOn(end.kind === 'lan' ? { kind: 'lan', id: end.lan } : { kind: 'host', id: end.host })}
          className="min-w-0 truncate rounded-sm font-medium hover:underline"
        >
          {thing?.name ?? 'gone'}
        </button>
        <span className="font-mono text-faint text-xs">{iface?.name ?? 'LAN'}</span>
      </div>
      {iface && (
        <AddressField
          label={`IPv4 of ${thing?.name ?? 'this end'}`}
          version={4}
          value={iface.ipv4}
          aside={iface.planned ? 'planned' : 'typed'}
          disabled={readOnly}
          onChange={(ipv4) =>
            shown.edit(
              { kind: 'update-interface', interface: iface.id, patch: { ipv4, planned: false } },
              `Change the address of ${thing?.name} ${iface.name}`,
              `interface ${iface.id} address`,
            )
          }
        />
      )}
      <VlanField link={link} index={index} readOnly={readOnly} />
      {!readOnly && <MoveEnd link={link} index={index} />}
    </div>
  )
}

const count = (n: number) => n.toLocaleString('en-GB')

function fateWords({ passed, lost, overflowed, late }: SliceStatus['fates'][string]): string {
  const parts = [
    `${count(passed)} passed`,
    lost > 0 && `${count(lost)} lost`,
    overflowed > 0 && `${count(overflowed)} too many`,
    late > 0 && `${count(late)} late`,
  ]
  return parts.filter((p) => p !== false).join(', ')
}

export function LinkInspector({ link }: { link: VirtualLink }) {
  const { shown } = useWorkspace()
  const readOnly = useShown((s) => s.readOnly)
  const live = useView((v) => v.status?.links[link.id])
  const bps = useView((v) => v.status?.bps[link.id] ?? 0)
  const fate = useView((v) => v.status?.fates[link.id])
  const set = (patch: LinkPatch, what: string) =>
    shown.edit({ kind: 'update-link', link: link.id, patch }, `Change ${what} of a link`, `link ${link.id} ${what}`)
  return (
    <>
      <InspectorHead icon={<Cable />} title="Link">
        {!readOnly && (
          <IconButton label="Remove the link" onClick={() => shown.removeChosen()}>
            <Trash2 />
          </IconButton>
        )}
      </InspectorHead>
      <LiveFacts kind="link" id={link.id}>
        {live && (
          <>
            <Fact label="Carries">
              <span className="tabular">{rate(bps)}</span>
            </Fact>
            {fate && (
              <Fact label="Emulated">
                <span className="tabular">{fateWords(fate)}</span>
              </Fact>
            )}
            <LinkWays link={link} />
            <LinkPaths link={link} />
            <Fact label="By way of">
              {live.nodes.length > 1 ? live.nodes.join(' → ') : `${live.nodes[0] ?? '–'} alone`}
            </Fact>
            {live.egreKey !== null && (
              <Fact label="EGRE key">
                <span className="font-mono">{live.egreKey}</span>
              </Fact>
            )}
            {fate && fate.late > fate.passed / 100 && (
              <p className="rounded-md bg-changing-soft p-2 text-sm">
                The server emulates more packets than it can carry: some arrive later than they should.
              </p>
            )}
          </>
        )}
      </LiveFacts>
      <ProblemsOf ids={[link.id]} />
      <InspectorSection>
        <NumberField
          label="Capacity"
          value={link.capacityMbps}
          min={0.1}
          max={LIMITS.capacityMbps}
          unit="Mbit/s"
          help={
            link.useIdle
              ? 'Kept for it in each direction; it may take more while others leave it.'
              : 'Kept for it in each direction; it never takes more.'
          }
          disabled={readOnly}
          onChange={(capacityMbps) => capacityMbps !== null && set({ capacityMbps }, 'the capacity')}
        />
        <Switch
          visible
          label="May use what is idle"
          checked={link.useIdle}
          disabled={readOnly}
          onChange={(useIdle) => set({ useIdle }, 'the use of idle capacity')}
        />
        <NumberField
          label="Most delay"
          value={link.maxDelayMs}
          min={0}
          max={10_000}
          unit="ms"
          optional
          placeholder="any"
          help="One way, over the substrate. Empty: any."
          disabled={readOnly}
          onChange={(maxDelayMs) => set({ maxDelayMs }, 'the delay')}
        />
        <NumberField
          label="Routing cost"
          value={link.cost}
          min={1}
          max={MOST_COST}
          whole
          optional
          placeholder={`${linkCost({ ...link, cost: null })}, from its capacity`}
          help="What OSPF and IS-IS count for it."
          disabled={readOnly}
          onChange={(cost) => set({ cost }, 'the cost')}
        />
      </InspectorSection>
      <EmulationSection key={link.id} link={link} />
      <InspectorSection title="Ends">
        <End link={link} index={0} readOnly={readOnly} />
        <End link={link} index={1} readOnly={readOnly} />
      </InspectorSection>
    </>
  )
}
