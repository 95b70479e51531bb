'use client'
import { HOST_USR } from '@myvini/core/images/image'
import { fitForSoftware } from '@myvini/core/routing/fit'
import { asNumbers } from '@myvini/core/routing/model'
import { planRouting, SOFTWARE_NAMES, softwareOf } from '@myvini/core/routing/setup'
import type { HostPatch } from '@myvini/core/topology/edit'
import { type HostRouting, LIMITS, type Topology, type VirtualHost } from '@myvini/core/topology/topology'
import { useMemo } from 'react'
import { Field } from '../../components/field'
import { Select, TextArea } from '../../components/input'
import { Switch } from '../../components/toggles'
import { useShown } from '../workspace-context'
import { NumberField } from './fields'
import { InspectorSection } from './parts'

const SOFTWARE: readonly { value: HostRouting['software']; label: string }[] = [
  { value: 'auto', label: 'As the drawing says' },
  { value: 'frr', label: 'FRR' },
  { value: 'bird', label: 'BIRD 2' },
  { value: 'exabgp', label: 'ExaBGP' },
  { value: 'none', label: 'None' },
]

const EXABGP_HELP =
  'Routes to tell every neighbour, one a line: route 203.0.113.0/24 next-hop self; other blocks stand behind.'

const MOST_AS = 4_294_967_294

/** What the router is told by itself, for whoever wants to see it before it runs. The MTU is known only when it is placed. */
function Generated({ topology, host }: { topology: Topology; host: VirtualHost }) {
  const file = useMemo(
    () =>
      planRouting(topology, 1500)
        .get(host.id)
        ?.files.find((f) => f.path.endsWith('.conf')),
    [topology, host.id],
  )
  if (!file) return null
  return (
    <details className="text-sm">
      <summary className="cursor-pointer rounded-sm text-muted hover:text-ink">
        What is written to <span className="font-mono text-xs">{file.path}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls, so the keyboard has to reach it */}
      <pre tabIndex={0} className="mt-2 max-h-72 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs">
        {file.content}
      </pre>
    </details>
  )
}

interface RoutingSectionProps {
  host: VirtualHost
  readOnly: boolean
  set: (patch: HostPatch, what: string) => void
}

export function RoutingSection({ host, readOnly, set }: RoutingSectionProps) {
  const topology = useShown((s) => s.history.present)
  const { routing } = host
  const runs = softwareOf(topology, host)
  const change = (patch: Partial<HostRouting>, what: string) => {
    const next = { ...routing, ...patch }
    const needs = softwareOf(topology, { ...host, routing: next }) !== 'none' && runs === 'none'
    const { class: hostClass, memoryMib, cpuPercent } = fitForSoftware(host)
    // The node's own programs have no ExaBGP.
    const image = next.software === 'exabgp' && host.image === HOST_USR ? { image: 'router' } : {}
    set({ routing: next, ...image, ...(needs && { class: hostClass, memoryMib, cpuPercent }) }, what)
  }
  return (
    <InspectorSection title="Routing">
      <Field
        label="Software"
        help={
          runs === 'none'
            ? 'Runs none: packets go by the routes that are set.'
            : runs === 'exabgp'
              ? 'Runs ExaBGP: it tells its neighbours routes, and forwards by those that are set.'
              : `Runs ${SOFTWARE_NAMES[runs]}.`
        }
      >
        {(control) => (
          <Select
            {...control}
            value={routing.software}
            disabled={readOnly}
            onChange={(e) => {
              const chosen = SOFTWARE.find((s) => s.value === e.target.value)
              if (chosen) change({ software: chosen.value }, 'the routing software')
            }}
          >
            {SOFTWARE.map((s) => (
              <option key={s.value} value={s.value}>
                {s.label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {runs !== 'none' && (
        <>
          {topology.routing === 'bgp' && (
            <NumberField
              label="AS number"
              value={routing.asNumber}
              min={1}
              max={MOST_AS}
              whole
              optional
              placeholder={`${asNumbers(topology).get(host.id) ?? ''}, its own`}
              help="Routers with the same number form one AS."
              disabled={readOnly}
              onChange={(asNumber) => change({ asNumber }, 'the AS number')}
            />
          )}
          <Field
            label="Own configuration"
            help={runs === 'exabgp' ? EXABGP_HELP : `In the language of ${SOFTWARE_NAMES[runs]}.`}
          >
            {(control) => (
              <TextArea
                {...control}
                mono
                rows={4}
                maxLength={LIMITS.routingConfigBytes}
                spellCheck={false}
                value={routing.config}
                readOnly={readOnly}
                onChange={(e) => change({ config: e.target.value }, 'the routing configuration')}
              />
            )}
          </Field>
          {routing.config.trim() !== '' && (
            <Switch
              visible
              label="In place of what is generated"
              checked={routing.replaces}
              disabled={readOnly}
              onChange={(replaces) => change({ replaces }, 'the routing configuration')}
            />
          )}
          <Generated topology={topology} host={host} />
        </>
      )}
    </InspectorSection>
  )
}
