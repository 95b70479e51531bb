// Which planned addresses no longer fit, once VLANs have put interfaces into other networks? Those go, and are planned anew.
import type { InterfaceId } from '../ids'
import { graphOf, type Port, type Segment } from '../topology/graph'
import type { Topology } from '../topology/topology'
import { formatCidr, networkOf, parseCidr } from './cidr'
import { planAddresses } from './plan'

const subnetOf = ({ iface }: Port): string | null => {
  const cidr = parseCidr(iface.ipv4 ?? '')
  return cidr ? formatCidr(networkOf(cidr)) : null
}

/** The key with the largest count, the first of several. */
function mostOf<K>(counts: ReadonlyMap<K, number>): K | undefined {
  let best: [K, number] | undefined
  for (const entry of counts) if (!best || entry[1] > best[1]) best = entry
  return best?.[0]
}

const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

/** Typed addresses stay where they are; of planned ones those stay that most of their network have. */
export function replanMoved(topology: Topology): Topology {
  const graph = graphOf(topology)
  const bySubnet = new Map<string, Map<Segment, number>>()
  for (const network of graph.networks)
    for (const port of network.ports) {
      const subnet = subnetOf(port)
      if (subnet === null) continue
      const counts = bySubnet.get(subnet) ?? new Map<Segment, number>()
      bySubnet.set(subnet, count(counts, network))
    }
  const own = new Map<Segment, Map<string, number>>()
  for (const [subnet, counts] of bySubnet) {
    const owner = mostOf(counts)
    if (owner) own.set(owner, (own.get(owner) ?? new Map()).set(subnet, counts.get(owner) ?? 0))
  }
  const stays = (id: InterfaceId, port: Port): boolean => {
    const network = graph.networkOf.get(id)
    if (!network) return port.link === null // on a trunk there is nothing to have an address for
    return subnetOf(port) === mostOf(own.get(network) ?? new Map<string, number>())
  }
  const hosts = topology.hosts.map((host) => ({
    ...host,
    interfaces: host.interfaces.map((iface) => {
      const port = graph.ports.get(iface.id)
      const moved = iface.planned && iface.ipv4 !== null && port !== undefined && !stays(iface.id, port)
      return moved ? { ...iface, ipv4: null } : iface
    }),
  }))
  return planAddresses({ ...topology, hosts })
}
