'use client'
import { graphOf } from '@myvini/core/topology/graph'
import type { VirtualHost, VirtualInterface } from '@myvini/core/topology/topology'
import { useMemo } from 'react'
import { useShown, useWorkspace } from '../workspace-context'
import { AddressField } from './address-field'
import { TextField } from './fields'
import { useFieldProblem } from './parts'

/** Where an interface leads: the things at the other end, and the link to select. */
function usePeers(host: VirtualHost): ReadonlyMap<string, { names: string; linkId: string }> {
  const topology = useShown((s) => s.history.present)
  return useMemo(() => {
    const graph = graphOf(topology)
    return new Map(
      host.interfaces.flatMap((iface) => {
        const link = graph.ports.get(iface.id)?.link
        const other = link?.ends.find((e) => e.kind === 'lan' || e.interface !== iface.id)
        if (!link || !other) return []
        const name = other.kind === 'lan' ? graph.lans.get(other.lan)?.name : graph.hosts.get(other.host)?.name
        return [[iface.id, { names: name ?? '?', linkId: link.id }] as const]
      }),
    )
  }, [topology, host.interfaces])
}

interface ItemProps {
  host: VirtualHost
  iface: VirtualInterface
  peer: { names: string; linkId: string } | undefined
  readOnly: boolean
}

const NAME_PROBLEMS = ['topology.interface-name-invalid', 'topology.interface-name-taken']
const ADDRESS_PROBLEMS = ['topology.address-taken', 'topology.address-unusable', 'topology.network-overlap']

function InterfaceItem({ host, iface, peer, readOnly }: ItemProps) {
  const { shown, focusOn } = useWorkspace()
  const nameProblem = useFieldProblem(iface.id, NAME_PROBLEMS)
  const addressProblem = useFieldProblem(iface.id, ADDRESS_PROBLEMS)
  const set = (patch: Partial<Omit<VirtualInterface, 'id'>>, what: string) =>
    shown.edit(
      { kind: 'update-interface', interface: iface.id, patch },
      `Change ${what} of ${host.name} ${iface.name}`,
      `interface ${iface.id} ${what}`,
    )
  const planned = readOnly ? (
    iface.planned && 'planned'
  ) : (
    <button
      type="button"
      disabled={iface.planned}
      onClick={() => set({ planned: true, ipv4: null }, 'the address')}
      className="rounded-sm enabled:text-accent-ink enabled:hover:underline"
    >
      {iface.planned ? 'planned' : 'plan it'}
    </button>
  )
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line p-2">
      <div className="flex items-center justify-between gap-2 text-xs">
        <span className="font-medium font-mono">{iface.name}</span>
        {peer ? (
          <button
            type="button"
            className="min-w-0 truncate rounded-sm text-muted hover:text-ink hover:underline"
            onClick={() => focusOn({ kind: 'link', id: peer.linkId })}
          >
            to {peer.names}
          </button>
        ) : (
          <span className="text-changing">not linked</span>
        )}
      </div>
      <div className="grid grid-cols-[80px_1fr] gap-2">
        <TextField
          label="Name"
          mono
          value={iface.name}
          error={nameProblem}
          disabled={readOnly}
          onChange={(name) => set({ name }, 'the name')}
        />
        <AddressField
          label="IPv4"
          version={4}
          value={iface.ipv4}
          error={addressProblem}
          aside={planned}
          disabled={readOnly}
          onChange={(ipv4) => set({ ipv4, planned: false }, 'the address')}
        />
      </div>
      <AddressField
        label="IPv6"
        version={6}
        value={iface.ipv6}
        disabled={readOnly}
        onChange={(ipv6) => set({ ipv6 }, 'the IPv6 address')}
      />
    </li>
  )
}

export function InterfaceList({ host, readOnly }: { host: VirtualHost; readOnly: boolean }) {
  const peers = usePeers(host)
  if (host.interfaces.length === 0)
    return <p className="text-faint text-sm">None yet. Each link that is drawn to it makes one.</p>
  return (
    <ul className="flex flex-col gap-2">
      {host.interfaces.map((iface) => (
        <InterfaceItem key={iface.id} host={host} iface={iface} peer={peers.get(iface.id)} readOnly={readOnly} />
      ))}
    </ul>
  )
}
