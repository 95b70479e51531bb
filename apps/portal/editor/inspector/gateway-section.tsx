'use client'
// What does a gateway let in, and what may pass it? Forwards are drawn; the rest is the policy's, and shown.
import { type Forward, MOST_FORWARDS } from '@myvini/core/gateway/forward'
import type { HostPatch } from '@myvini/core/topology/edit'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useTRPC } from '../../browser/trpc'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { useShown, useWorkspace } from '../workspace-context'
import { NumberField } from './fields'
import { InspectorSection } from './parts'

/** What holds for whoever looks; bookings are held to it by the server. */
function Allowed() {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const policy = useQuery(trpc.reservations.policy.queryOptions({ sliceId: slice.id }))
  const gateways = policy.data?.gateways
  if (!gateways) return null
  if (gateways.allowed.length === 0)
    return <p className="text-sm">The policy allows nobody a way to the outside. An admin can change that.</p>
  const { destinations, mbps, outsidePorts } = gateways
  return (
    <dl className="flex flex-col gap-1 text-sm">
      <div>
        <dt className="text-faint text-xs">May be booked by</dt>
        <dd>{gateways.allowed.join(', ')}</dd>
      </div>
      <div>
        <dt className="text-faint text-xs">Traffic may go to</dt>
        <dd className="break-words font-mono text-xs">{destinations.join(', ') || 'nowhere yet'}</dd>
      </div>
      <div>
        <dt className="text-faint text-xs">Each way, at most</dt>
        <dd>{mbps} Mbit/s</dd>
      </div>
      <div>
        <dt className="text-faint text-xs">Ports that may lead in</dt>
        <dd className="tabular">
          {outsidePorts.from} to {outsidePorts.to}
        </dd>
      </div>
    </dl>
  )
}

interface GatewaySectionProps {
  host: VirtualHost
  readOnly: boolean
  set: (patch: HostPatch, what: string) => void
}

export function GatewaySection({ host, readOnly, set }: GatewaySectionProps) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const policy = useQuery(trpc.reservations.policy.queryOptions({ sliceId: slice.id }))
  const all = useShown((s) => s.history.present.hosts)
  const targets = all.filter((h) => h.kind !== 'gateway')
  const forwards = host.forwards ?? []
  const change = (index: number, patch: Partial<Forward>) =>
    set({ forwards: forwards.map((f, i) => (i === index ? { ...f, ...patch } : f)) }, 'the forwards')
  const add = () => {
    const [first] = targets
    if (!first) return
    const taken = new Set(all.flatMap((h) => (h.forwards ?? []).map((f) => f.outsidePort)))
    let outsidePort = policy.data?.gateways.outsidePorts.from ?? 20_000
    while (taken.has(outsidePort)) outsidePort++
    set({ forwards: [...forwards, { protocol: 'tcp', outsidePort, to: first.id, port: 80 }] }, 'the forwards')
  }
  return (
    <>
      <InspectorSection title="What may pass">
        <Allowed />
      </InspectorSection>
      <InspectorSection title="Forwards" aside={<span className="text-faint text-xs tabular">{forwards.length}</span>}>
        {forwards.length === 0 && (
          <p className="text-faint text-xs">
            None: nothing comes in but answers. A forward leads from a port of the node to a port of a host.
          </p>
        )}
        {forwards.map((forward, index) => (
          // Rows have no names of their own; what is shown in one is all there is of it.
          <fieldset key={index} className="rounded-md border border-line p-2" aria-label={`Forward ${index + 1}`}>
            <div className="grid grid-cols-2 gap-2">
              <NumberField
                label="Outside port"
                value={forward.outsidePort}
                min={1}
                max={65_535}
                whole
                disabled={readOnly}
                onChange={(port) => port !== null && change(index, { outsidePort: port })}
              />
              <Field label="Protocol">
                {(control) => (
                  <Select
                    {...control}
                    disabled={readOnly}
                    value={forward.protocol}
                    onChange={(e) => change(index, { protocol: e.target.value === 'udp' ? 'udp' : 'tcp' })}
                  >
                    <option value="tcp">TCP</option>
                    <option value="udp">UDP</option>
                  </Select>
                )}
              </Field>
              <Field label="To">
                {(control) => (
                  <Select
                    {...control}
                    disabled={readOnly}
                    value={forward.to}
                    onChange={(e) => {
                      const found = targets.find((t) => t.id === e.target.value)
                      if (found) change(index, { to: found.id })
                    }}
                  >
                    {!targets.some((t) => t.id === forward.to) && <option value={forward.to}>(gone)</option>}
                    {targets.map((t) => (
                      <option key={t.id} value={t.id}>
                        {t.name}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              <NumberField
                label="Its port"
                value={forward.port}
                min={1}
                max={65_535}
                whole
                disabled={readOnly}
                onChange={(port) => port !== null && change(index, { port })}
              />
            </div>
            {!readOnly && (
              <div className="mt-1 flex justify-end">
                <IconButton
                  label={`Remove forward ${index + 1}`}
                  onClick={() => set({ forwards: forwards.filter((_, i) => i !== index) }, 'the forwards')}
                >
                  <X />
                </IconButton>
              </div>
            )}
          </fieldset>
        ))}
        {!readOnly && forwards.length < MOST_FORWARDS && targets.length > 0 && (
          <Button icon={<Plus />} onClick={add}>
            Add a forward
          </Button>
        )}
      </InspectorSection>
    </>
  )
}
