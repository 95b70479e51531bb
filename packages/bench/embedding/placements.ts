// How can a stranger check an embedding? Every accepted request with its places and paths, as text and as JSON lines.
import { costOf, revenueOf } from './ledger'
import type { Accepted } from './simulate'
import type { Trace } from './trace'

/** Nodes along a path of substrate links, from the node of the link's `a`. */
function walk({ substrate }: Trace, from: number, links: readonly number[]): number[] {
  const nodes = [from]
  for (const e of links) {
    const link = substrate.links[e]
    const at = nodes.at(-1)
    if (link && at !== undefined) nodes.push(link.a === at ? link.b : link.a)
  }
  return nodes
}

const linksOf = (trace: Trace, { request, placed }: Accepted) =>
  request.links.map(({ a, b, bw }, l) => {
    const links = placed.paths[l] ?? []
    return { a, b, bw, links, nodes: walk(trace, placed.nodes[a] ?? -1, links) }
  })

export function placementLine(trace: Trace, one: Accepted): string {
  const { request, placed } = one
  return JSON.stringify({
    id: request.id,
    arrival: request.arrival,
    leaves: request.arrival + request.lifetime,
    hosts: request.hosts.map(({ cpu }, h) => ({ cpu, node: placed.nodes[h] })),
    links: linksOf(trace, one),
    revenue: revenueOf(request),
    cost: costOf(request, placed),
  })
}

export function placementText(trace: Trace, one: Accepted): string {
  const { request, placed } = one
  const hosts = request.hosts.map(({ cpu }, h) => `${h}→${placed.nodes[h]} (${cpu})`).join('  ')
  const links = linksOf(trace, one).map(({ a, b, bw, nodes }) => `  ${a}–${b} ${bw}: ${nodes.join(' ')}`)
  return [
    `request ${request.id} at ${request.arrival}, leaves ${(request.arrival + request.lifetime).toFixed(1)}: ${hosts}`,
    ...links,
  ].join('\n')
}
