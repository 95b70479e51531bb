// What does a virtual network ask of the substrate? The planner's view of a topology: weights, wishes and who is joined.
import type { LinkId } from '../ids'
import type { Capability } from '../substrate/substrate'
import type { Pin, Topology, VirtualHost } from '../topology/topology'

/** A virtual host, or the switch of a LAN segment: both are placed on one substrate node. */
export interface RequestedNode {
  /** Id of the host or the LAN in the topology. */
  id: string
  kind: 'host' | 'lan'
  name: string
  cpuMilli: number
  memoryMib: number
  /** Of class vserver; others have no disk of their own. */
  diskMib: number
  hostSlots: number
  /** What the substrate node must be able to do. */
  needs: readonly Capability[]
  pin: Pin | null
  /** Nodes with the same label are kept on different substrate nodes. */
  apart: string | null
}

export interface RequestedLink {
  id: LinkId
  /** Ids of requested nodes. */
  a: string
  b: string
  name: string
  /** In each direction. */
  capacityMbps: number
  /** One way, over the whole path; null: any. */
  maxDelayMs: number | null
}

export interface EmbeddingRequest {
  nodes: readonly RequestedNode[]
  links: readonly RequestedLink[]
}

/** Mbit/s and cores that a LAN's switch itself takes: forwarding is accounted to the links. */
const SWITCH = { cpuMilli: 0, memoryMib: 1, diskMib: 0, hostSlots: 0 } as const

/** MiB of its node's disk that a host may fill: only a container has a file system of its own. */
export const diskOf = (host: Pick<VirtualHost, 'class' | 'diskMib'>): number =>
  host.class === 'vserver' ? host.diskMib : 0

/** Reads a valid topology as a request. `name` of a link is how people speak of it: `r1–r2`. */
export function requestOf(topology: Topology): EmbeddingRequest {
  const names = new Map<string, string>([...topology.hosts, ...topology.lans].map((t) => [t.id, t.name]))
  const hosts = topology.hosts.map(
    (host): RequestedNode => ({
      id: host.id,
      kind: 'host',
      name: host.name,
      cpuMilli: Math.round(host.cpuPercent * 10),
      memoryMib: host.memoryMib,
      diskMib: diskOf(host),
      hostSlots: 1,
      needs: host.kind === 'gateway' ? [host.class, 'gateway'] : [host.class],
      pin: host.pin,
      apart: null,
    }),
  )
  const lans = topology.lans.map(
    (lan): RequestedNode => ({
      ...SWITCH,
      id: lan.id,
      kind: 'lan',
      name: lan.name,
      needs: lan.vlanFiltering ? ['netns', 'bridge-vlan'] : ['netns'],
      pin: lan.pin,
      apart: null,
    }),
  )
  const links = topology.links.map((link): RequestedLink => {
    const [a, b] = link.ends.map((end): string => (end.kind === 'lan' ? end.lan : end.host))
    if (a === undefined || b === undefined) throw new Error(`link ${link.id} has fewer than two ends`)
    return {
      id: link.id,
      a,
      b,
      name: `${names.get(a)}–${names.get(b)}`,
      capacityMbps: link.capacityMbps,
      maxDelayMs: link.maxDelayMs,
    }
  })
  return { nodes: [...hosts, ...lans], links }
}
