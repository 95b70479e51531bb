// How does a solver do on a workload? Requests come one by one, each is embedded whole or dropped, at once and for good.
import { median, quantile } from '../figure'
import { costOf, Ledger, type Placed, revenueOf, type SubstrateState } from './ledger'
import type { Trace, TraceRequest } from './trace'

export interface OnlineSolver {
  readonly name: string
  /** Null: it does not fit. */
  solve(request: TraceRequest, state: SubstrateState): Placed | null
}

/** Whether to take a request that fits; `always` is what the product does. */
export interface Admission {
  readonly name: string
  admits(request: TraceRequest, placed: Placed): boolean
}

export const ALWAYS: Admission = { name: 'always', admits: () => true }

export interface Accepted {
  request: TraceRequest
  placed: Placed
}

export interface Score {
  solver: string
  admission: string
  requests: number
  /** Accepted of all that came. */
  rac: number
  /** Revenue over cost, both weighted by lifetime. */
  lrc: number
  /** Revenue weighted by lifetime, in a unit of time. */
  lar: number
  meanMs: number
  p50Ms: number
  p95Ms: number
  accepted: readonly Accepted[]
}

/** CPU time of this process, so that others on the machine do not count; helper threads of the engine do. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function simulate(trace: Trace, solver: OnlineSolver, admission: Admission = ALWAYS): Score {
  const ledger = new Ledger(trace.substrate)
  let holding: Accepted[] = []
  const accepted: Accepted[] = []
  const times: number[] = []
  for (const request of trace.requests) {
    const leaving = holding.filter((one) => one.request.arrival + one.request.lifetime < request.arrival)
    for (const one of leaving) ledger.release(one.request, one.placed)
    if (leaving.length > 0) holding = holding.filter((one) => !leaving.includes(one))
    const before = cpuMs()
    const placed = solver.solve(request, ledger)
    times.push(cpuMs() - before)
    if (!placed || !admission.admits(request, placed)) continue
    ledger.book(request, placed)
    holding.push({ request, placed })
    accepted.push({ request, placed })
  }
  const over = (amount: (one: Accepted) => number) =>
    accepted.reduce((sum, one) => sum + amount(one) * one.request.lifetime, 0)
  const revenue = over(({ request }) => revenueOf(request))
  // As Virne counts: until the arrival of the request, accepted or not, that leaves last.
  const last = trace.requests.reduce<TraceRequest | undefined>(
    (late, one) => (late && late.arrival + late.lifetime >= one.arrival + one.lifetime ? late : one),
    undefined,
  )
  return {
    solver: solver.name,
    admission: admission.name,
    requests: trace.requests.length,
    rac: accepted.length / trace.requests.length,
    lrc: revenue / over(({ request, placed }) => costOf(request, placed)),
    lar: revenue / (last?.arrival ?? Number.NaN),
    meanMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    p50Ms: median(times),
    p95Ms: quantile(times, 0.95),
    accepted,
  }
}
