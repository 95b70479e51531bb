// Which way is cheapest, over links with enough room? Dijkstra with buckets (Dial, 1969): prices are small whole numbers.
import type { Instance } from './instance'
import { i32 } from './numbers'
import type { Plan } from './plan'
import { PRICE_BOUND } from './price'

/** Farther than any path; small enough that sums of a few stay whole. */
export const FAR = 2 ** 29
const RING = PRICE_BOUND - 1
const NONE = -1

/** One for each search, so that its arrays are made once. */
export class PathSearch {
  /** Price from the start to each node, after `run`; `FAR` where there is no way or the run ended before. */
  readonly price: Int32Array
  /** Edges looked at since the beginning: the measure of effort, the same on every machine. */
  steps = 0
  private readonly lastNode: Int32Array
  private readonly lastLink: Int32Array
  /** Nodes of equal price form a ring of doubly linked lists. */
  private readonly head = new Int32Array(PRICE_BOUND)
  private readonly after: Int32Array
  private readonly before: Int32Array

  constructor(private readonly instance: Instance) {
    const nodes = instance.nodes.length
    this.price = new Int32Array(nodes)
    this.lastNode = new Int32Array(nodes)
    this.lastLink = new Int32Array(nodes)
    this.after = new Int32Array(nodes)
    this.before = new Int32Array(nodes)
  }

  /** Prices from `start` over links that can carry `width` more; stops once `target` is reached (−1: never). */
  run(plan: Plan, start: number, width: number, target: number) {
    this.walk(plan, start, width, target, null, 0)
  }

  /** The same, but stops once `enough` nodes with a mark are reached. */
  runToMarks(plan: Plan, start: number, width: number, marks: Uint8Array, enough: number) {
    this.walk(plan, start, width, NONE, marks, enough)
  }

  /** After a run from `start` that reached `end`: the links in the order walked. */
  path(start: number, end: number): Int32Array {
    let hops = 0
    for (let v = end; v !== start; v = i32(this.lastNode, v)) hops++
    const path = new Int32Array(hops)
    for (let v = end; v !== start; v = i32(this.lastNode, v)) path[--hops] = i32(this.lastLink, v)
    return path
  }

  private walk(plan: Plan, start: number, width: number, target: number, marks: Uint8Array | null, enough: number) {
    const { first, to, via } = this.instance
    const { price, head, lastNode, lastLink } = this
    const { room, price: linkPrices } = plan
    price.fill(FAR)
    head.fill(NONE)
    price[start] = 0
    this.insert(start, 0)
    let waiting = 1
    let found = 0
    // `?? 0` rather than the readers of numbers.ts: not every bundler lets an imported function be compiled away here.
    for (let at = 0; waiting > 0; ) {
      const v = head[at & RING] ?? NONE
      if (v === NONE) {
        at++
        continue
      }
      this.remove(v, at)
      waiting--
      if (v === target) return
      if (marks !== null && marks[v] === 1 && ++found >= enough) return
      const end = first[v + 1] ?? 0
      const begin = first[v] ?? 0
      this.steps += end - begin
      for (let j = begin; j < end; j++) {
        const e = via[j] ?? 0
        if ((room[e] ?? 0) < width) continue
        const next = to[j] ?? 0
        const now = at + (linkPrices[e] ?? 0)
        const was = price[next] ?? 0
        if (now >= was) continue
        if (was === FAR) waiting++
        else this.remove(next, was)
        price[next] = now
        lastNode[next] = v
        lastLink[next] = e
        this.insert(next, now)
      }
    }
  }

  private insert(v: number, at: number) {
    const { head, after, before } = this
    const bucket = at & RING
    const next = head[bucket] ?? NONE
    after[v] = next
    before[v] = NONE
    if (next !== NONE) before[next] = v
    head[bucket] = v
  }

  private remove(v: number, at: number) {
    const { head, after, before } = this
    const next = after[v] ?? NONE
    const previous = before[v] ?? NONE
    if (previous === NONE) head[at & RING] = next
    else after[previous] = next
    if (next !== NONE) before[next] = previous
  }
}
