// The baseline PL-Rank (Fan et al., TPDS 2021, as Virne runs it): hosts by CPU times bandwidth, each on the node with most
// of both for its distance to the nodes chosen before.
import type { SubstrateState } from './ledger'
import { hopsBetween, neighboursOf } from './neighbours'
import { byFalling, rankSolver, resourceRank } from './rank-solver'
import type { OnlineSolver } from './simulate'
import type { Trace, TraceRequest } from './trace'

/** Stands for a distance of nothing, before the first host is placed. */
const NO_DISTANCE = 1e-6

export function plRank(trace: Trace): OnlineSolver {
  const { links } = trace.substrate
  const hops = hopsBetween(neighboursOf(trace.substrate))
  return rankSolver('PL-Rank', trace, (request: TraceRequest, state: SubstrateState) => {
    const wanted = request.hosts.map(({ cpu }) => cpu)
    const order = byFalling(
      resourceRank(
        wanted,
        request.links,
        request.links.map(({ bw }) => bw),
      ),
    )
    const cpuLeft = [...state.cpuLeft]
    const chosen = new Set<number>()
    const nodes: number[] = []
    for (const h of order) {
      const rank = resourceRank(cpuLeft, links, state.bwLeft)
      let best = -1
      let most = Number.NEGATIVE_INFINITY
      for (const [v, cpu] of cpuLeft.entries()) {
        if (chosen.has(v) || cpu < (wanted[h] ?? 0)) continue
        const distance = [...chosen].reduce((sum, u) => sum + (hops[v]?.[u] ?? Number.POSITIVE_INFINITY), 0)
        const value = (rank[v] ?? 0) / (distance + NO_DISTANCE)
        if (value > most) {
          most = value
          best = v
        }
      }
      if (best < 0) return null
      cpuLeft[best] = (cpuLeft[best] ?? 0) - (wanted[h] ?? 0)
      chosen.add(best)
      nodes[h] = best
    }
    return nodes
  })
}
