'use client'
// Who may have a way to the outside, where to, how fast and by which ports?
import type { GatewayPolicy } from '@myvini/core/gateway/policy'
import { ROLES } from '@myvini/core/reservation/policy'
import { Field } from '../components/field'
import { TextArea } from '../components/input'
import { Section } from '../components/page'
import { Switch } from '../components/toggles'
import { number, type Texts } from './policy-numbers'

export const gatewayTexts = ({ destinations, mbps, outsidePorts }: GatewayPolicy): Texts => ({
  'gateways.destinations': destinations.join('\n'),
  'gateways.mbps': String(mbps),
  'gateways.outsidePorts.from': String(outsidePorts.from),
  'gateways.outsidePorts.to': String(outsidePorts.to),
})

export const gatewaysOf = (texts: Texts, allowed: GatewayPolicy['allowed']): GatewayPolicy => ({
  allowed,
  destinations: (texts['gateways.destinations'] ?? '').split(/[\s,]+/).filter((text) => text !== ''),
  mbps: number(texts['gateways.mbps']),
  outsidePorts: { from: number(texts['gateways.outsidePorts.from']), to: number(texts['gateways.outsidePorts.to']) },
})

interface GatewaysSectionProps {
  allowed: GatewayPolicy['allowed']
  setAllowed: (allowed: GatewayPolicy['allowed']) => void
  destinations: string
  setDestinations: (text: string) => void
  error: string | null
  /** A field for a number by its path in the policy. */
  input: (name: string, label: string, unit: string) => React.ReactNode
}

export function GatewaysSection(props: GatewaysSectionProps) {
  const { allowed, setAllowed, destinations, setDestinations, error, input } = props
  return (
    <Section
      title="Ways to the outside"
      about="A gateway in a drawing carries its traffic beyond the virtual network, from the node that it is on."
    >
      <Field label="Gateways may be booked by" group>
        {() => (
          <div className="flex flex-wrap gap-4">
            {ROLES.map((role) => (
              <Switch
                key={role}
                visible
                label={`${role[0]?.toUpperCase()}${role.slice(1)}s`}
                checked={allowed.includes(role)}
                onChange={(on) => setAllowed(ROLES.filter((r) => (r === role ? on : allowed.includes(r))))}
              />
            ))}
          </div>
        )}
      </Field>
      <p className="mt-1 text-faint text-xs">
        With none of them, there are no gateways, and those that run let nothing pass.
      </p>
      <div className="mt-4 grid gap-4 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <Field
            label="Traffic may go to"
            error={error}
            help="IPv4 networks, one a line; 0.0.0.0/0 is everything. The nodes and the networks they are on are never among them."
          >
            {(control) => (
              <TextArea
                {...control}
                data-field="gateways.destinations"
                rows={3}
                value={destinations}
                onChange={(e) => setDestinations(e.target.value)}
              />
            )}
          </Field>
        </div>
        {input('gateways.mbps', 'A gateway carries, each way', 'Mbit/s')}
        <div className="hidden sm:block" />
        {input('gateways.outsidePorts.from', 'Ports of a node that may lead in, from', '')}
        {input('gateways.outsidePorts.to', 'to', '')}
      </div>
    </Section>
  )
}
