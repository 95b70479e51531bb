// What is the question in numbers? Substrate, usage and request as flat arrays, so that a search can ask them millions
// of times. Amounts are whole (bit/s, nanoseconds, thousandths of a core): sums of whole numbers do not drift.
import type { SubstrateNodeId } from '../ids'
import type { Substrate, SubstrateLink, SubstrateNode } from '../substrate/substrate'
import { NODE_AMOUNTS, type NodeUsage, noNodeUsage, type Usage } from '../substrate/usage'
import type { EmbeddingOptions } from './embedding'
import { fittingNodes } from './fitting-nodes'
import { i32 } from './numbers'
import type { EmbeddingRequest, RequestedLink, RequestedNode } from './request'

/** CPU, memory, disk, host slots: the weights of a node, side by side in `free`, `total` and `need`. */
export const WEIGHTS = NODE_AMOUNTS.length

const BIT_PER_MBIT = 1e6
const NS_PER_MS = 1e6

/** `host` is a requested node (LAN switches too), `vlink` a requested link; both are indices in the request's order. */
export interface Instance {
  readonly nodes: readonly SubstrateNode[]
  readonly links: readonly SubstrateLink[]
  readonly hosts: readonly RequestedNode[]
  readonly vlinks: readonly RequestedLink[]
  readonly placement: EmbeddingOptions['placement']

  /** What is left now, and what there is: `WEIGHTS` numbers a node. */
  readonly free: Float64Array
  readonly total: Float64Array
  /** bit/s left now, and in all. */
  readonly room: Float64Array
  readonly capacity: Float64Array
  readonly delay: Float64Array
  /** The nodes that link e joins; −1 where the link cannot be used. */
  readonly linkA: Int32Array
  readonly linkB: Int32Array
  /** Neighbours of node v: `to` and `via` from `first[v]` to `first[v + 1]`. Only usable links between usable nodes. */
  readonly first: Int32Array
  readonly to: Int32Array
  readonly via: Int32Array

  readonly need: Float64Array
  readonly endA: Int32Array
  readonly endB: Int32Array
  readonly width: Float64Array
  /** The largest delay of a path; infinite where any will do. */
  readonly limit: Float64Array
  /** Virtual links of host h, widest first: `vlinkAt` from `vlinkFirst[h]` to `vlinkFirst[h + 1]`. */
  readonly vlinkFirst: Int32Array
  readonly vlinkAt: Int32Array
  /** Hosts that may not share a node, as groups; `groupsOf[h]` are the groups that h is in. */
  readonly groups: readonly (readonly number[])[]
  readonly groupsOf: readonly (readonly number[])[]
  /** `fits[h * nodes + v]` is 1 where node v could take host h if it were the only one. */
  readonly fits: Uint8Array
}

const index = (ids: readonly { id: string }[]) => new Map(ids.map(({ id }, i) => [id, i]))

/** In the order of `NODE_AMOUNTS`. */
export const weightsOf = (w: NodeUsage) => [w.cpuMilli, w.memoryMib, w.diskMib, w.hostSlots] as const

function nodeWeights(nodes: readonly SubstrateNode[], usedBy: (id: SubstrateNodeId) => ReturnType<typeof noNodeUsage>) {
  const total = new Float64Array(nodes.length * WEIGHTS)
  const free = new Float64Array(nodes.length * WEIGHTS)
  nodes.forEach((node, v) => {
    const used = weightsOf(usedBy(node.id))
    weightsOf(node).forEach((amount, w) => {
      total[v * WEIGHTS + w] = amount
      // More may be used than there is, after a node shrank: then nothing is left, not less than nothing.
      free[v * WEIGHTS + w] = Math.max(0, Math.floor(amount - (used[w] ?? 0)))
    })
  })
  return { total, free }
}

/** Rows of neighbours, in the order of `pairs`. */
function adjacency(nodes: number, pairs: readonly { a: number; b: number; at: number }[]) {
  const first = new Int32Array(nodes + 1)
  for (const { a, b } of pairs) {
    first[a + 1] = i32(first, a + 1) + 1
    first[b + 1] = i32(first, b + 1) + 1
  }
  for (let v = 0; v < nodes; v++) first[v + 1] = i32(first, v + 1) + i32(first, v)
  const next = first.slice()
  const to = new Int32Array(pairs.length * 2)
  const via = new Int32Array(pairs.length * 2)
  const put = (from: number, end: number, at: number) => {
    const slot = i32(next, from)
    to[slot] = end
    via[slot] = at
    next[from] = slot + 1
  }
  for (const { a, b, at } of pairs) {
    put(a, b, at)
    put(b, a, at)
  }
  return { first, to, via }
}

function ends(links: number, usable: readonly { a: number; b: number; at: number }[], end: 'a' | 'b') {
  const nodes = new Int32Array(links).fill(-1)
  for (const pair of usable) nodes[pair.at] = pair[end]
  return nodes
}

function groupsApart(hosts: readonly RequestedNode[], placement: EmbeddingOptions['placement']) {
  const byLabel = new Map<string, number[]>()
  hosts.forEach((host, h) => {
    if (host.apart === null) return
    const group = byLabel.get(host.apart)
    if (group) group.push(h)
    else byLabel.set(host.apart, [h])
  })
  const groups = [...byLabel.values()].filter((group) => group.length > 1)
  // A LAN's switch weighs nothing: even `distinct` lets it share a node.
  if (placement === 'distinct') groups.push(hosts.flatMap((host, h) => (host.kind === 'host' ? [h] : [])))
  const groupsOf = hosts.map((): number[] => [])
  groups.forEach((group, g) => {
    for (const h of group) groupsOf[h]?.push(g)
  })
  return { groups, groupsOf }
}

/** The request must have passed `badInput`: every end of a link is a requested node. */
export function instanceOf(
  substrate: Substrate,
  used: Usage,
  request: EmbeddingRequest,
  placement: EmbeddingOptions['placement'],
): Instance {
  const { nodes, links } = substrate
  const { nodes: hosts, links: vlinks } = request
  const nodeAt = index(nodes)
  const hostAt = index(hosts)
  const { total, free } = nodeWeights(nodes, (id) => used.nodes.get(id) ?? noNodeUsage())

  const capacity = Float64Array.from(links, (link) => Math.round(link.capacityMbps * BIT_PER_MBIT))
  const room = Float64Array.from(links, (link, e) =>
    Math.max(0, (capacity[e] ?? 0) - Math.round((used.links.get(link.id) ?? 0) * BIT_PER_MBIT)),
  )
  // A path through a node makes that node relay, which one that is away or draining cannot be told to do.
  const usable = links.flatMap((link, at) => {
    const [a, b] = [nodeAt.get(link.a), nodeAt.get(link.b)]
    if (a === undefined || b === undefined || a === b || !(link.capacityMbps > 0)) return []
    return nodes[a]?.available && nodes[b]?.available ? [{ a, b, at }] : []
  })

  const width = Float64Array.from(vlinks, (vlink) => Math.round(vlink.capacityMbps * BIT_PER_MBIT))
  const endA = Int32Array.from(vlinks, (vlink) => hostAt.get(vlink.a) ?? -1)
  const endB = Int32Array.from(vlinks, (vlink) => hostAt.get(vlink.b) ?? -1)
  // A link from a host to itself needs no path: it is in no row.
  const widestFirst = vlinks
    .map((_, at) => ({ a: i32(endA, at), b: i32(endB, at), at }))
    .filter(({ a, b }) => a !== b)
    .toSorted((x, y) => (width[y.at] ?? 0) - (width[x.at] ?? 0) || x.at - y.at)
  const rows = adjacency(hosts.length, widestFirst)
  return {
    nodes,
    links,
    hosts,
    vlinks,
    placement,
    free,
    total,
    room,
    capacity,
    delay: Float64Array.from(links, (link) => Math.round(link.delayMs * NS_PER_MS)),
    linkA: ends(links.length, usable, 'a'),
    linkB: ends(links.length, usable, 'b'),
    ...adjacency(nodes.length, usable),
    need: Float64Array.from(hosts.flatMap((host) => weightsOf(host).map(Math.ceil))),
    endA,
    endB,
    width,
    limit: Float64Array.from(vlinks, (vlink) =>
      vlink.maxDelayMs === null ? Number.POSITIVE_INFINITY : Math.round(vlink.maxDelayMs * NS_PER_MS),
    ),
    vlinkFirst: rows.first,
    vlinkAt: rows.via,
    ...groupsApart(hosts, placement),
    fits: fittingNodes(nodes, free, hosts),
  }
}

export const otherEnd = (instance: Instance, vlink: number, host: number): number => {
  const a = i32(instance.endA, vlink)
  return a === host ? i32(instance.endB, vlink) : a
}
