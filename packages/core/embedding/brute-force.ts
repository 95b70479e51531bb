// Does a tiny request fit, by trying everything in the plainest way? The reference that the solver is held to in tests; it
// shares no code with it.
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Substrate, SubstrateNode } from '../substrate/substrate'
import { type NodeUsage, noNodeUsage, type Usage } from '../substrate/usage'
import type { EmbeddingOptions } from './embedding'
import type { EmbeddingRequest, RequestedLink, RequestedNode } from './request'

type Placement = ReadonlyMap<string, SubstrateNode>

export function fitsByBruteForce(
  substrate: Substrate,
  used: Usage,
  { nodes, links }: EmbeddingRequest,
  { placement }: Pick<EmbeddingOptions, 'placement'>,
): boolean {
  const suits = (node: SubstrateNode, wanted: RequestedNode) =>
    node.available &&
    (wanted.pin === null ||
      (wanted.pin.kind === 'node' ? wanted.pin.node === node.name : wanted.pin.site === node.site)) &&
    wanted.needs.every((need) => node.capabilities.includes(need))

  const apart = (x: RequestedNode, y: RequestedNode) =>
    (x.apart !== null && x.apart === y.apart) || (placement === 'distinct' && x.kind === 'host' && y.kind === 'host')

  const holds = (node: SubstrateNode, guests: readonly RequestedNode[]) => {
    const before = used.nodes.get(node.id) ?? noNodeUsage()
    const within = (w: keyof NodeUsage) => {
      const more = guests.reduce((sum, guest) => sum + guest[w], 0)
      return more === 0 || before[w] + more <= node[w]
    }
    return within('cpuMilli') && within('memoryMib') && within('diskMib') && within('hostSlots')
  }

  const place = (at: number, placed: Placement): boolean => {
    const wanted = nodes[at]
    if (!wanted) return route(0, placed, new Map(used.links))
    return substrate.nodes.some((node) => {
      const guests = nodes.slice(0, at).filter((other) => placed.get(other.id) === node)
      return (
        suits(node, wanted) &&
        holds(node, [...guests, wanted]) &&
        !guests.some((guest) => apart(guest, wanted)) &&
        place(at + 1, new Map(placed).set(wanted.id, node))
      )
    })
  }

  const route = (at: number, placed: Placement, taken: ReadonlyMap<SubstrateLinkId, number>): boolean => {
    const link = links[at]
    const [from, to] = [placed.get(link?.a ?? ''), placed.get(link?.b ?? '')]
    if (!link || !from || !to) return !link
    for (const path of simplePaths(substrate, from.id, to.id, link, taken)) {
      const more = new Map(taken)
      for (const id of path) more.set(id, (more.get(id) ?? 0) + link.capacityMbps)
      if (route(at + 1, placed, more)) return true
    }
    return false
  }

  return place(0, new Map())
}

function* simplePaths(
  substrate: Substrate,
  from: SubstrateNodeId,
  to: SubstrateNodeId,
  vlink: RequestedLink,
  taken: ReadonlyMap<SubstrateLinkId, number>,
  visited: readonly SubstrateNodeId[] = [from],
  path: readonly SubstrateLinkId[] = [],
  delayMs = 0,
): Generator<readonly SubstrateLinkId[]> {
  if (from === to) {
    yield path
    return
  }
  for (const link of substrate.links) {
    if (link.a !== from && link.b !== from) continue
    const next = link.a === from ? link.b : link.a
    const there = substrate.nodes.find((node) => node.id === next)
    const late = delayMs + link.delayMs
    if (visited.includes(next) || !there?.available || link.capacityMbps === 0) continue
    if ((taken.get(link.id) ?? 0) + vlink.capacityMbps > link.capacityMbps) continue
    if (vlink.maxDelayMs !== null && late > vlink.maxDelayMs) continue
    yield* simplePaths(substrate, next, to, vlink, taken, [...visited, next], [...path, link.id], late)
  }
}
