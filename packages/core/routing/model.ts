// What does each router of a drawing have to be told, in the words of no routing software in particular?
import { type Cidr, formatCidr, networkOf, parseCidr } from '../addressing/cidr'
import type { HostId } from '../ids'
import { type Graph, graphOf, type Port, type Segment } from '../topology/graph'
import { DYNAMIC_ROUTING, type DynamicRouting, type Topology, type VirtualHost } from '../topology/topology'
import { linkCost } from './cost'

export interface RoutedInterface {
  name: string
  ipv4: Cidr | null
  ipv6: Cidr | null
  /** The same without their prefix lengths. */
  address4: string | null
  address6: string | null
  cost: number
  /** Exactly two ends and no LAN between them: no designated router has to be elected. */
  isPointToPoint: boolean
  /** No router on it speaks the interior protocol with this one: its network is told, nothing is listened for. */
  isPassive: boolean
}

export interface BgpNeighbour {
  /** Of the router at the other end. */
  name: string
  address: string
  asNumber: number
  /** Inside one AS sessions lead from loopback to loopback; the address they start from. Null: over the link itself. */
  from: string | null
  version: 4 | 6
  /** The own end of the link; null inside an AS. */
  interface: string | null
}

export interface RouterModel {
  host: VirtualHost
  name: string
  protocol: DynamicRouting | null
  /** In the form of an IPv4 address (RFC 2328 §C.1). */
  routerId: string
  loopback: Cidr | null
  interfaces: RoutedInterface[]
  asNumber: number
  neighbours: BgpNeighbour[]
}

/** First of the 1,023 AS numbers for private use (RFC 6996). */
const FIRST_PRIVATE_AS = 64_512

const addressText = (cidr: Cidr): string =>
  formatCidr({ ...cidr, prefixLength: cidr.version === 4 ? 32 : 128 }).split('/')[0] ?? ''

/** Routers without a number of their own form an AS each, counted in the order of the drawing around those typed. */
export function asNumbers(topology: Topology): Map<HostId, number> {
  const routers = topology.hosts.filter((h) => h.kind === 'router')
  const typed = new Set(routers.map((r) => r.routing.asNumber))
  let next = FIRST_PRIVATE_AS
  return new Map(
    routers.map((router) => {
      if (router.routing.asNumber !== null) return [router.id, router.routing.asNumber]
      do next++
      while (typed.has(next))
      return [router.id, next]
    }),
  )
}

/** The loopback if there is one, as it stays when links fail; else the highest address (RFC 2328 §C.1), else the order. */
function routerIdOf(host: VirtualHost, position: number): string {
  const loopback = parseCidr(host.loopback ?? '')
  if (loopback?.version === 4) return addressText(loopback)
  const addresses = host.interfaces.flatMap((i) => parseCidr(i.ipv4 ?? '') ?? [])
  const highest = addresses.toSorted((a, b) => (a.address < b.address ? 1 : -1))[0]
  if (highest) return addressText(highest)
  return `0.0.${(position + 1) >> 8}.${(position + 1) & 0xff}`
}

const isSpeaker = (host: VirtualHost) => host.kind === 'router' && host.routing.software !== 'none'

function interfacesOf(host: VirtualHost, graph: Graph, speaksWith: (other: VirtualHost) => boolean): RoutedInterface[] {
  return host.interfaces.flatMap((iface) => {
    const segment = graph.networkOf.get(iface.id)
    const link = graph.ports.get(iface.id)?.link
    if (!segment || !link) return []
    const others = segment.ports.filter((p) => p.host.id !== host.id)
    const [ipv4, ipv6] = [parseCidr(iface.ipv4 ?? ''), parseCidr(iface.ipv6 ?? '')]
    return [
      {
        name: iface.name,
        ipv4,
        ipv6,
        address4: ipv4 && addressText(ipv4),
        address6: ipv6 && addressText(ipv6),
        cost: linkCost(link),
        isPointToPoint: segment.lans.length === 0 && segment.ports.length === 2,
        isPassive: !others.some((p) => speaksWith(p.host)),
      },
    ]
  })
}

function externalNeighbours(
  own: Port,
  segment: Segment,
  numbers: ReadonlyMap<HostId, number>,
  version: 4 | 6,
): BgpNeighbour[] {
  const text = (port: Port) => (version === 4 ? port.iface.ipv4 : port.iface.ipv6)
  if (text(own) === null) return []
  return segment.ports.flatMap((other) => {
    const cidr = parseCidr(text(other) ?? '')
    const asNumber = numbers.get(other.host.id)
    if (!cidr || asNumber === undefined || !isSpeaker(other.host) || asNumber === numbers.get(own.host.id)) return []
    return [
      {
        name: other.host.name,
        address: addressText(cidr),
        asNumber,
        from: null,
        version,
        interface: own.iface.name,
      },
    ]
  })
}

function neighboursOf(
  host: VirtualHost,
  topology: Topology,
  graph: Graph,
  numbers: ReadonlyMap<HostId, number>,
): BgpNeighbour[] {
  const asNumber = numbers.get(host.id) ?? FIRST_PRIVATE_AS
  const loopback = parseCidr(host.loopback ?? '')
  const inside = topology.hosts.flatMap((other): BgpNeighbour[] => {
    const there = parseCidr(other.loopback ?? '')
    if (other.id === host.id || !isSpeaker(other) || numbers.get(other.id) !== asNumber || !there || !loopback)
      return []
    const address = addressText(there)
    return [{ name: other.name, address, asNumber, from: addressText(loopback), version: 4, interface: null }]
  })
  const outside = host.interfaces.flatMap((iface) => {
    const port = graph.ports.get(iface.id)
    const segment = graph.networkOf.get(iface.id)
    if (!port || !segment) return []
    return [...externalNeighbours(port, segment, numbers, 4), ...externalNeighbours(port, segment, numbers, 6)]
  })
  return [...inside, ...outside]
}

/** The protocol that a drawing's routers speak by themselves; null when they speak none. */
export const protocolOf = (topology: Topology): DynamicRouting | null =>
  DYNAMIC_ROUTING.find((p) => p === topology.routing) ?? null

/** Every router of the drawing on which routing software runs or may run. Deterministic. */
export function routersOf(topology: Topology): RouterModel[] {
  const protocol = protocolOf(topology)
  const graph = graphOf(topology)
  const numbers = asNumbers(topology)
  return topology.hosts.flatMap((host, position) => {
    if (!isSpeaker(host)) return []
    const asNumber = numbers.get(host.id) ?? FIRST_PRIVATE_AS
    // With BGP the interior protocol stays inside an AS.
    const speaksWith = (other: VirtualHost) =>
      isSpeaker(other) && (protocol !== 'bgp' || numbers.get(other.id) === asNumber)
    return [
      {
        host,
        name: host.name,
        protocol,
        routerId: routerIdOf(host, position),
        loopback: parseCidr(host.loopback ?? ''),
        interfaces: interfacesOf(host, graph, speaksWith),
        asNumber,
        neighbours: protocol === 'bgp' ? neighboursOf(host, topology, graph, numbers) : [],
      },
    ]
  })
}

/** Whether the router's AS has others in it, so that an interior protocol has something to do. */
export const hasInterior = (router: RouterModel): boolean =>
  router.protocol === 'bgp' && router.neighbours.some((n) => n.interface === null)

export const hasIpv6 = (router: RouterModel): boolean => router.interfaces.some((i) => i.ipv6 !== null)

/** The networks that a router has itself, each once. */
export function ownNetworks(router: RouterModel, version: 4 | 6): string[] {
  const networks = router.interfaces.flatMap((i) => {
    const cidr = version === 4 ? i.ipv4 : i.ipv6
    return cidr ? [formatCidr(networkOf(cidr))] : []
  })
  const loopback = router.loopback?.version === version ? [formatCidr(networkOf(router.loopback))] : []
  return [...new Set([...loopback, ...networks])]
}
