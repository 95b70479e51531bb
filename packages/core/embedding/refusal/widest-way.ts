// How wide is the widest way between two hosts, and what makes it so narrow?
import { DelaySearch } from '../delay-search'
import type { Instance } from '../instance'
import { f64, i32, u8 } from '../numbers'
import { Plan } from '../plan'
import { fittingNodes } from './in-words'
import { areApart, Joined, meets, widestFirst } from './link-certificate'

export interface WidestWay {
  /** bit/s that the best path between any two nodes for the two hosts has left; null where there is no path at all. */
  left: number | null
  /** Substrate links that leave the part where the first host is, all narrower than what is wanted. */
  cut: number[]
}

/** For one virtual link between hosts `a` and `b` that wants `width`, and does not get it. */
export function widestWay(instance: Instance, a: number, b: number, width: number): WidestWay {
  const joined = new Joined(instance.nodes.length)
  const links = widestFirst(instance)
  const add = (e: number) => joined.join(i32(instance.linkA, e), i32(instance.linkB, e))
  let at = 0
  for (let e = links[at]; e !== undefined && f64(instance.room, e) >= width; e = links[++at]) add(e)
  // The parts that are joined by what is wide enough: the cut is around one of them.
  const part = instance.nodes.map((_, v) => joined.root(v))
  let left: number | null = null
  let last: number | undefined
  for (let e = links[at]; e !== undefined; e = links[++at]) {
    add(e)
    if (!meets(instance, joined, a, b)) continue
    left = f64(instance.room, e)
    last = e
    break
  }
  // The last link joined a part where one host can be to one where the other can.
  const inside = last === undefined ? part[fittingNodes(instance, a)[0] ?? 0] : part[nearA(instance, a, part, last)]
  const cut = instance.links.flatMap((_, e) => {
    const [from, to] = [i32(instance.linkA, e), i32(instance.linkB, e)]
    return from >= 0 && (part[from] === inside) !== (part[to] === inside) ? [e] : []
  })
  return { left, cut }
}

/** The end of link e in a part that has a node for host a, where there is one. */
function nearA(instance: Instance, a: number, part: readonly number[], e: number): number {
  const nodes = instance.nodes.length
  const seats = new Set(part.filter((_, v) => u8(instance.fits, a * nodes + v) === 1))
  const end = i32(instance.linkA, e)
  return seats.has(part[end] ?? -1) ? end : i32(instance.linkB, e)
}

/** Starting nodes that are tried for the quickest path; enough for a reason in words. */
const MOST_STARTS = 50

/** ns of the quickest path with room for `width` between nodes for the two hosts; infinite where there is none. */
export function quickest(instance: Instance, a: number, b: number, width: number): number {
  const plan = new Plan(instance)
  const search = new DelaySearch(instance)
  let best = Number.POSITIVE_INFINITY
  const apart = areApart(instance, a, b)
  for (const from of fittingNodes(instance, a).slice(0, MOST_STARTS)) {
    search.run(plan, from, width, Number.POSITIVE_INFINITY)
    for (const to of fittingNodes(instance, b)) if (to !== from || !apart) best = Math.min(best, f64(search.delay, to))
  }
  return best
}
