// Who is joined to whom in a workload's substrate, in the order the links are listed?
import type { Trace } from './trace'

export interface Neighbour {
  node: number
  link: number
}

export function neighboursOf({ nodes, links }: Trace['substrate']): readonly (readonly Neighbour[])[] {
  const rows = nodes.map((): Neighbour[] => [])
  links.forEach(({ a, b }, link) => {
    rows[a]?.push({ node: b, link })
    rows[b]?.push({ node: a, link })
  })
  return rows
}

/** Hops from each node to each other. */
export function hopsBetween(neighbours: readonly (readonly Neighbour[])[]): readonly (readonly number[])[] {
  return neighbours.map((_, start) => {
    const hops = neighbours.map(() => Number.POSITIVE_INFINITY)
    hops[start] = 0
    const queue = [start]
    for (const v of queue)
      for (const { node } of neighbours[v] ?? []) {
        if ((hops[node] ?? 0) < Number.POSITIVE_INFINITY) continue
        hops[node] = (hops[v] ?? 0) + 1
        queue.push(node)
      }
    return hops
  })
}
