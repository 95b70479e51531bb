// What is left of a workload's substrate, and who holds the rest? The rules of the game are kept here: whatever a solver
// proposes is checked before it is booked, so that no solver can win by breaking them.
import type { Trace, TraceRequest } from './trace'

/** A node for each host; for each virtual link the substrate links from its `a` to its `b`, by index. */
export interface Placed {
  nodes: readonly number[]
  paths: readonly (readonly number[])[]
}

export interface SubstrateState {
  readonly cpuLeft: readonly number[]
  readonly bwLeft: readonly number[]
}

export class Ledger implements SubstrateState {
  readonly cpuLeft: number[]
  readonly bwLeft: number[]

  constructor(private readonly substrate: Trace['substrate']) {
    this.cpuLeft = substrate.nodes.map(({ cpu }) => cpu)
    this.bwLeft = substrate.links.map(({ bw }) => bw)
  }

  /** Throws where the proposal breaks a rule: that is a fault of the solver, not of the request. */
  book(request: TraceRequest, placed: Placed) {
    const broken = (what: string) => new Error(`request ${request.id}: ${what}`)
    if (new Set(placed.nodes).size !== request.hosts.length) throw broken('two hosts share a node, or one has none')
    request.links.forEach(({ a, b }, l) => {
      const fault = this.pathFault(placed.paths[l], placed.nodes[a], placed.nodes[b])
      if (fault) throw broken(`link ${l} ${fault}`)
    })
    this.add(request, placed, -1)
    if (this.cpuLeft.some((cpu) => cpu < 0)) throw broken('a node is overbooked')
    if (this.bwLeft.some((bw) => bw < 0)) throw broken('a link is overbooked')
  }

  release(request: TraceRequest, placed: Placed) {
    this.add(request, placed, 1)
  }

  private add(request: TraceRequest, placed: Placed, sign: 1 | -1) {
    request.hosts.forEach(({ cpu }, h) => {
      const v = placed.nodes[h] ?? -1
      this.cpuLeft[v] = (this.cpuLeft[v] ?? Number.NaN) + sign * cpu
    })
    request.links.forEach(({ bw }, l) => {
      for (const e of placed.paths[l] ?? []) this.bwLeft[e] = (this.bwLeft[e] ?? Number.NaN) + sign * bw
    })
  }

  private pathFault(path: readonly number[] | undefined, from: number | undefined, to: number | undefined) {
    if (!path || from === undefined || to === undefined) return 'has no path'
    const visited = new Set([from])
    let at = from
    for (const e of path) {
      const link = this.substrate.links[e]
      if (!link || (link.a !== at && link.b !== at)) return 'jumps'
      at = link.a === at ? link.b : link.a
      if (visited.has(at)) return 'visits a node twice'
      visited.add(at)
    }
    return at === to ? null : 'ends elsewhere'
  }
}

export const revenueOf = ({ hosts, links }: TraceRequest): number =>
  hosts.reduce((sum, { cpu }) => sum + cpu, 0) + links.reduce((sum, { bw }) => sum + bw, 0)

export const costOf = ({ hosts, links }: TraceRequest, { paths }: Placed): number =>
  hosts.reduce((sum, { cpu }) => sum + cpu, 0) + links.reduce((sum, { bw }, l) => sum + bw * (paths[l]?.length ?? 0), 0)
