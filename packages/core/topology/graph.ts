// Who is joined to whom? Lookups and broadcast domains of a topology, for the planner, the checks and the embedding.
import type { HostId, InterfaceId, LanId } from '../ids'
import type { Lan, LinkEnd, Topology, VirtualHost, VirtualInterface, VirtualLink } from './topology'
import { vlanNetworks } from './vlan-networks'

/** A virtual interface with the host it belongs to and the link it hangs on, if any. */
export interface Port {
  host: VirtualHost
  iface: VirtualInterface
  link: VirtualLink | null
}

/** One broadcast domain: a point-to-point link, or the LANs joined to each other with all that hangs on them. */
export interface Segment {
  /** Names the segment stably: the LAN that comes first in the document, else the link. */
  id: string
  lans: Lan[]
  links: VirtualLink[]
  ports: Port[]
}

export interface Graph {
  hosts: ReadonlyMap<HostId, VirtualHost>
  lans: ReadonlyMap<LanId, Lan>
  ports: ReadonlyMap<InterfaceId, Port>
  segments: readonly Segment[]
  segmentOf: ReadonlyMap<InterfaceId, Segment>
  /** The same with each VLAN by itself: who can speak with whom without a router. */
  networks: readonly Segment[]
  networkOf: ReadonlyMap<InterfaceId, Segment>
}

const lanOf = (end: LinkEnd): LanId | null => (end.kind === 'lan' ? end.lan : null)

/** Groups LANs that links join directly, so that each group is one broadcast domain. */
function lanRoots(topology: Topology): (id: LanId) => LanId {
  const parent = new Map(topology.lans.map((lan) => [lan.id, lan.id]))
  const find = (id: LanId): LanId => {
    const up = parent.get(id)
    return up === undefined || up === id ? id : find(up)
  }
  for (const link of topology.links) {
    const [a, b] = [lanOf(link.ends[0]), lanOf(link.ends[1])]
    if (a !== null && b !== null && parent.has(a) && parent.has(b)) parent.set(find(b), find(a))
  }
  return find
}

/** Reads a topology once. Links with an end that does not exist are left out: `validate` reports them. */
export function graphOf(topology: Topology): Graph {
  const hosts = new Map(topology.hosts.map((host) => [host.id, host]))
  const lans = new Map(topology.lans.map((lan) => [lan.id, lan]))
  const ports = new Map<InterfaceId, Port>()
  for (const host of topology.hosts)
    for (const iface of host.interfaces) ports.set(iface.id, { host, iface, link: null })

  const root = lanRoots(topology)
  const segments = new Map<string, Segment>()
  const segmentOf = new Map<InterfaceId, Segment>()
  const open = (id: string) => {
    let segment = segments.get(id)
    if (!segment) segments.set(id, (segment = { id, lans: [], links: [], ports: [] }))
    return segment
  }
  for (const lan of topology.lans) open(root(lan.id)).lans.push(lan)

  const exists = (link: VirtualLink) =>
    link.ends.every((end) => (end.kind === 'lan' ? lans.has(end.lan) : ports.has(end.interface)))
  for (const link of topology.links) {
    if (!exists(link)) continue
    const lan = lanOf(link.ends[0]) ?? lanOf(link.ends[1])
    const segment = open(lan === null ? link.id : root(lan))
    segment.links.push(link)
    for (const end of link.ends) {
      const port = end.kind === 'interface' ? ports.get(end.interface) : undefined
      if (!port) continue
      port.link = link
      segment.ports.push(port)
      segmentOf.set(port.iface.id, segment)
    }
  }
  const all = [...segments.values()]
  // Without VLANs the two are the same.
  if (!topology.lans.some((lan) => lan.vlanFiltering))
    return { hosts, lans, ports, segments: all, segmentOf, networks: all, networkOf: segmentOf }
  const apart = vlanNetworks(topology, lans, (_, iface) => ports.get(iface), exists)
  return { hosts, lans, ports, segments: all, segmentOf, ...apart }
}

/** What an end hangs on, in the words of the drawing: `r1 eth0`, or the LAN's name. */
export function endName(graph: Graph, end: LinkEnd): string {
  if (end.kind === 'lan') return graph.lans.get(end.lan)?.name ?? 'a LAN that is gone'
  const port = graph.ports.get(end.interface)
  return port ? `${port.host.name} ${port.iface.name}` : 'an interface that is gone'
}

/** How people speak of a link: `r1–r2`. */
export function linkName(graph: Graph, link: VirtualLink): string {
  const short = (end: LinkEnd) =>
    end.kind === 'lan' ? (graph.lans.get(end.lan)?.name ?? '?') : (graph.hosts.get(end.host)?.name ?? '?')
  return `${short(link.ends[0])}–${short(link.ends[1])}`
}
