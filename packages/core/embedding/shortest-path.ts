// Which way from one substrate node to another takes the fewest hops, and among those the least delay?
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { SubstrateLink } from '../substrate/substrate'

interface Reached {
  node: SubstrateNodeId
  hops: number
  delayMs: number
  via: { link: SubstrateLinkId; from: Reached } | null
}

/**
 * The links in the order walked, `[]` when `from` is `to`, null when there is no way within `maxDelayMs` (one way).
 * Labels are kept while no other reaches the same node with both fewer hops and less delay, so a bound on delay is exact.
 */
export function shortestPath(
  links: readonly SubstrateLink[],
  from: SubstrateNodeId,
  to: SubstrateNodeId,
  maxDelayMs: number | null,
): SubstrateLinkId[] | null {
  const out = new Map<SubstrateNodeId, { link: SubstrateLink; to: SubstrateNodeId }[]>()
  const leave = (node: SubstrateNodeId, link: SubstrateLink, end: SubstrateNodeId) => {
    const list = out.get(node)
    if (list) list.push({ link, to: end })
    else out.set(node, [{ link, to: end }])
  }
  for (const link of links) {
    leave(link.a, link, link.b)
    leave(link.b, link, link.a)
  }
  const leastDelay = new Map<SubstrateNodeId, number>([[from, 0]])
  let frontier: Reached[] = [{ node: from, hops: 0, delayMs: 0, via: null }]
  while (frontier.length > 0) {
    const arrived = frontier.filter((r) => r.node === to).toSorted((a, b) => a.delayMs - b.delayMs)[0]
    if (arrived) return linksTo(arrived)
    const next = new Map<SubstrateNodeId, Reached>()
    for (const reached of frontier)
      for (const { link, to: node } of out.get(reached.node) ?? []) {
        const delayMs = reached.delayMs + link.delayMs
        if (maxDelayMs !== null && delayMs > maxDelayMs) continue
        // A later label has more hops, so it is worth keeping only for less delay.
        if (delayMs >= (leastDelay.get(node) ?? Number.POSITIVE_INFINITY)) continue
        leastDelay.set(node, delayMs)
        next.set(node, { node, hops: reached.hops + 1, delayMs, via: { link: link.id, from: reached } })
      }
    frontier = [...next.values()]
  }
  return null
}

function linksTo(end: Reached): SubstrateLinkId[] {
  const path: SubstrateLinkId[] = []
  for (let at: Reached = end; at.via; at = at.via.from) path.unshift(at.via.link)
  return path
}
