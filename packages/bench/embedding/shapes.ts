// What do the three substrates of the published comparison look like? One is drawn anew for every seed; of the two real
// networks the shape is taken from a given workload where there is one, and otherwise drawn with the same traits.
import { between, connected, type Random, type Shape } from './generate'
import type { Trace } from './trace'

export interface Setting {
  /** As the workload files are named. */
  id: 'wx100' | 'geant' | 'brain'
  eta: number
  shape: (random: Random) => Shape
  /** Whether the shape stays while capacities change. */
  fixed: boolean
}

const NODES = 100
const DENSITY = 0.5
const REACH = 0.2

/** Waxman (1988) on the unit square: the nearer, the likelier. */
function waxman(random: Random): Shape {
  return connected(NODES, () => {
    const points = Array.from({ length: NODES }, () => ({ x: random(), y: random() }))
    const pairs: { a: number; b: number; distance: number }[] = []
    points.forEach((p, a) => {
      points.slice(a + 1).forEach((q, i) => {
        pairs.push({ a, b: a + 1 + i, distance: Math.hypot(p.x - q.x, p.y - q.y) })
      })
    })
    const longest = Math.max(...pairs.map(({ distance }) => distance))
    return pairs
      .filter(({ distance }) => random() < DENSITY * Math.exp(-distance / (REACH * longest)))
      .map(({ a, b }) => [a, b] as const)
  })
}

/** A research network: a few well-joined nodes and many with one or two links; 40 nodes, 61 links. */
function researchNetwork(random: Random): Shape {
  const joined: [number, number][] = []
  const degree = Array.from({ length: 40 }, () => 0)
  const isJoined = (a: number, b: number) => joined.some(([x, y]) => (x === a && y === b) || (x === b && y === a))
  const add = (a: number, b: number) => {
    joined.push([Math.min(a, b), Math.max(a, b)])
    for (const v of [a, b]) degree[v] = (degree[v] ?? 0) + 1
  }
  /** The more links a node has, the likelier it gets another. */
  const popular = (among: number) => {
    let at = random() * degree.slice(0, among).reduce((sum, d) => sum + d + 1, 0)
    return degree.slice(0, among).findIndex((d) => (at -= d + 1) < 0)
  }
  for (let v = 1; v < 40; v++) add(v, popular(v))
  while (joined.length < 61) {
    const [a, b] = [between(random, 0, 39), popular(40)]
    if (a !== b && !isJoined(a, b)) add(a, b)
  }
  return { nodes: 40, joined }
}

/** A city's access network: nine hubs joined by 14 links, and 152 nodes that hang on one hub each. */
function accessNetwork(random: Random): Shape {
  const hubs = connected(9, () => {
    const pairs: [number, number][] = []
    for (let a = 0; a < 9; a++) for (let b = a + 1; b < 9; b++) pairs.push([a, b])
    return pairs
      .map((pair) => ({ pair, at: random() }))
      .toSorted((x, y) => x.at - y.at)
      .slice(0, 14)
      .map(({ pair }) => pair)
  })
  const leaves = Array.from({ length: 152 }, (_, i) => [between(random, 0, 8), 9 + i] as const)
  return { nodes: 161, joined: [...hubs.joined, ...leaves] }
}

export const SETTINGS: readonly Setting[] = [
  { id: 'wx100', eta: 0.16, shape: waxman, fixed: false },
  { id: 'geant', eta: 0.016, shape: researchNetwork, fixed: true },
  { id: 'brain', eta: 0.004, shape: accessNetwork, fixed: true },
]

/** The shape of a given workload, links in its order. */
export const shapeOf = ({ substrate }: Trace): Shape => ({
  nodes: substrate.nodes.length,
  joined: substrate.links.map(({ a, b }) => [a, b] as const),
})
