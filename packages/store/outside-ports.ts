// Which nodes can still open the ports that a drawing's gateways ask for? Two reservations never have the same one.
import { fail, ok, type Result } from '@myvini/core/result'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database } from './database'

/** The substrate as these gateways see it: where one of their ports is taken, there is no gateway to be had. */
export async function withFreePorts(
  db: Database,
  substrate: Substrate,
  topology: Pick<Topology, 'hosts'>,
): Promise<Result<Substrate>> {
  const wanted = topology.hosts.flatMap((h) => (h.kind === 'gateway' ? (h.forwards ?? []) : []))
  if (wanted.length === 0) return ok(substrate)
  const leases = await db.outsidePortLease.findMany({
    where: { OR: wanted.map(({ protocol, outsidePort }) => ({ protocol, port: outsidePort })) },
    select: { nodeId: true, protocol: true, port: true },
  })
  const taken = new Set(leases.map((l) => l.nodeId))
  const nodes = substrate.nodes.map((node) =>
    taken.has(node.id) ? { ...node, capabilities: node.capabilities.filter((c) => c !== 'gateway') } : node,
  )
  const able = (list: Substrate['nodes']) => list.some((n) => n.available && n.capabilities.includes('gateway'))
  const [one] = leases
  if (one && able(substrate.nodes) && !able(nodes))
    return fail({
      code: 'admission.ports-taken',
      message: `Outside port ${one.port} (${one.protocol}) is taken by another slice on every node that can carry a gateway.`,
      hint: 'Choose another outside port in the gateway’s forwards, and book again.',
    })
  return ok({ ...substrate, nodes })
}
