// How do the published heuristics route? Hosts are placed by rank; then each link takes the first of the ten shortest
// paths that has room. The paths are searched without looking at bandwidth: that is part of their method.
import type { Placed, SubstrateState } from './ledger'
import { type Neighbour, neighboursOf } from './neighbours'
import { simplePaths } from './simple-paths'
import type { OnlineSolver } from './simulate'
import type { Trace, TraceRequest } from './trace'

const K_SHORTEST = 10

export type PlaceHosts = (request: TraceRequest, state: SubstrateState) => readonly number[] | null

export function rankSolver(name: string, trace: Trace, place: PlaceHosts): OnlineSolver {
  const neighbours = neighboursOf(trace.substrate)
  const known = new Map<string, readonly (readonly number[])[]>()
  const shortest = (from: number, to: number) => {
    const key = `${from}-${to}`
    let paths = known.get(key)
    if (!paths) known.set(key, (paths = firstPaths(neighbours, from, to)))
    return paths
  }
  return {
    name,
    solve(request, state): Placed | null {
      const nodes = place(request, state)
      if (!nodes) return null
      const left = [...state.bwLeft]
      const paths: (readonly number[])[] = []
      for (const { a, b, bw } of request.links) {
        const path = shortest(nodes[a] ?? -1, nodes[b] ?? -1).find((links) => links.every((e) => (left[e] ?? 0) >= bw))
        if (!path) return null
        for (const e of path) left[e] = (left[e] ?? 0) - bw
        paths.push(path)
      }
      return { nodes, paths }
    },
  }
}

function firstPaths(neighbours: readonly (readonly Neighbour[])[], from: number, to: number): number[][] {
  const paths: number[][] = []
  for (const nodes of simplePaths(neighbours, from, to)) {
    paths.push(nodes.slice(1).flatMap((v, i) => neighbours[nodes[i] ?? -1]?.find(({ node }) => node === v)?.link ?? []))
    if (paths.length === K_SHORTEST) break
  }
  return paths
}

/** CPU times the sum of adjacent bandwidth, for a substrate or a request: NRM. */
export function resourceRank(
  cpu: readonly number[],
  links: readonly { a: number; b: number }[],
  bw: readonly number[],
) {
  const around = cpu.map(() => 0)
  links.forEach(({ a, b }, l) => {
    around[a] = (around[a] ?? 0) + (bw[l] ?? 0)
    around[b] = (around[b] ?? 0) + (bw[l] ?? 0)
  })
  return cpu.map((c, i) => c * (around[i] ?? 0))
}

/** Indices by falling value; equal values in their order. */
export const byFalling = (values: readonly number[]): number[] =>
  values.map((_, i) => i).toSorted((x, y) => (values[y] ?? 0) - (values[x] ?? 0) || x - y)
