// The baseline GRC-Rank (Gong et al., INFOCOM 2014): global resource capacity, a walk over nodes by bandwidth that starts
// over with a chance of 15 % at a node drawn by CPU. Done as the workloads' README says, ties and all.
import type { SubstrateState } from './ledger'
import { byFalling, rankSolver } from './rank-solver'
import type { OnlineSolver } from './simulate'
import type { Trace, TraceRequest } from './trace'

const DAMPING = 0.85
const CONVERGED = 1e-5

interface Joined {
  a: number
  b: number
}

function capacityRank(cpu: readonly number[], links: readonly Joined[], bw: readonly number[]): number[] {
  const sum = cpu.reduce((total, c) => total + c, 0)
  const start = cpu.map((c) => c / sum)
  const out = cpu.map(() => 0)
  links.forEach(({ a, b }, l) => {
    out[a] = (out[a] ?? 0) + (bw[l] ?? 0)
    out[b] = (out[b] ?? 0) + (bw[l] ?? 0)
  })
  const share = (v: number, l: number) => ((out[v] ?? 0) === 0 ? 0 : (bw[l] ?? 0) / (out[v] ?? 1))
  let rank = start
  for (;;) {
    const arriving = cpu.map(() => 0)
    links.forEach(({ a, b }, l) => {
      arriving[b] = (arriving[b] ?? 0) + (rank[a] ?? 0) * share(a, l)
      arriving[a] = (arriving[a] ?? 0) + (rank[b] ?? 0) * share(b, l)
    })
    const next = start.map((s, i) => (1 - DAMPING) * s + DAMPING * (arriving[i] ?? 0))
    const change = Math.sqrt(next.reduce((total, r, i) => total + (r - (rank[i] ?? 0)) ** 2, 0))
    rank = next
    // A request whose hosts want no CPU at all has no rank; its order is that of its hosts.
    if (!(change >= CONVERGED)) return rank
  }
}

export function grcRank(trace: Trace): OnlineSolver {
  const { links } = trace.substrate
  return rankSolver('GRC-Rank', trace, (request: TraceRequest, state: SubstrateState) => {
    const wanted = request.hosts.map(({ cpu }) => cpu)
    const order = byFalling(
      capacityRank(
        wanted,
        request.links,
        request.links.map(({ bw }) => bw),
      ),
    )
    const seats = byFalling(capacityRank(state.cpuLeft, links, state.bwLeft))
    const nodes: number[] = []
    for (const h of order) {
      const at = seats.findIndex((v) => (state.cpuLeft[v] ?? 0) >= (wanted[h] ?? 0))
      const [seat] = at < 0 ? [] : seats.splice(at, 1)
      if (seat === undefined) return null
      nodes[h] = seat
    }
    return nodes
  })
}
