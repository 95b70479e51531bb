// Where do workloads come from that nobody has tuned to? Drawn here from a seed, by the settings of Virne's generator:
// integer capacities of 50 to 100, requests of 2 to 10 hosts that are joined by chance one half until they are connected.
import { seededRandom } from '@myvini/core/random'
import type { Trace, TraceRequest } from './trace'

export type Shape = { nodes: number; joined: readonly (readonly [number, number])[] }

export type Random = () => number

export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1))

export function isConnected(nodes: number, joined: Shape['joined']): boolean {
  const near = Array.from({ length: nodes }, (): number[] => [])
  for (const [a, b] of joined) {
    near[a]?.push(b)
    near[b]?.push(a)
  }
  const seen = new Set([0])
  for (const v of seen) for (const u of near[v] ?? []) seen.add(u)
  return seen.size === nodes
}

/** Draws until the graph hangs together. */
export function connected(nodes: number, draw: () => Shape['joined']): Shape {
  for (;;) {
    const joined = draw()
    if (isConnected(nodes, joined)) return { nodes, joined }
  }
}

const LIFETIME = 500
const REQUESTS = 1000

function drawRequest(random: Random, id: number, arrival: number): TraceRequest {
  const count = between(random, 2, 10)
  const { joined } = connected(count, () => {
    const pairs: [number, number][] = []
    for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) if (random() < 0.5) pairs.push([a, b])
    return pairs
  })
  return {
    id,
    arrival,
    lifetime: -Math.log(1 - random()) * LIFETIME,
    hosts: Array.from({ length: count }, () => ({ cpu: between(random, 0, 20) })),
    links: joined.map(([a, b]) => ({ a, b, bw: between(random, 0, 50) })),
  }
}

/** Poisson, as the gaps between arrivals are; by counting exponential gaps, which has no trouble with large means. */
function poisson(random: Random, mean: number): number {
  let count = -1
  for (let sum = 0; sum < mean; count++) sum -= Math.log(1 - random())
  return count
}

export function generate(topology: string, shape: (random: Random) => Shape, eta: number, seed: number): Trace {
  const random = seededRandom(seed)
  const { nodes, joined } = shape(random)
  const substrate = {
    nodes: Array.from({ length: nodes }, (_, id) => ({ id, cpu: between(random, 50, 100) })),
    links: joined.map(([a, b]) => ({ a, b, bw: between(random, 50, 100) })),
  }
  const requests: TraceRequest[] = []
  let now = 0
  for (let id = 0; id < REQUESTS; id++) {
    now += poisson(random, 1 / eta)
    requests.push(drawRequest(random, id, now))
  }
  return { format: 'vne-workload/1', topology, seed, eta, substrate, requests }
}
