// Which substrate links, together as narrow as any, part one set of nodes from another? The least cut, by augmenting paths
// over what is left (Edmonds and Karp, 1972).
import type { Instance } from '../instance'
import { f64, i32 } from '../numbers'

/** The nodes on the side of `sources`, once no more can flow to `sinks`. */
export function minCut(instance: Instance, sources: ReadonlySet<number>, sinks: ReadonlySet<number>): Set<number> {
  const { first, to, via, linkA, room } = instance
  // An undirected link carries its room either way: flow one way adds to what can flow back.
  const forward = room.slice()
  const backward = room.slice()
  const residual = (e: number, from: number) => (i32(linkA, e) === from ? f64(forward, e) : f64(backward, e))
  const push = (e: number, from: number, flow: number) => {
    const sign = i32(linkA, e) === from ? 1 : -1
    forward[e] = f64(forward, e) - sign * flow
    backward[e] = f64(backward, e) + sign * flow
  }
  for (;;) {
    const cameBy = new Map<number, { link: number; from: number } | null>([...sources].map((v) => [v, null]))
    let reached: number | null = null
    for (const v of cameBy.keys()) {
      if (sinks.has(v)) {
        reached = v
        break
      }
      // A map hands out keys that are added while it is walked: it is the queue.
      for (let j = i32(first, v); j < i32(first, v + 1); j++) {
        const next = i32(to, j)
        if (!cameBy.has(next) && residual(i32(via, j), v) > 0) cameBy.set(next, { link: i32(via, j), from: v })
      }
    }
    if (reached === null) return new Set(cameBy.keys())
    const path: { link: number; from: number }[] = []
    for (let step = cameBy.get(reached); step; step = cameBy.get(step.from)) path.push(step)
    const flow = Math.min(...path.map(({ link, from }) => residual(link, from)))
    for (const { link, from } of path) push(link, from, flow)
  }
}
