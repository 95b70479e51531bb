// Which way is cheapest among those that are quick enough? Paths under a bound on their delay.
import type { Instance } from './instance'
import { f64, i32 } from './numbers'
import type { Plan } from './plan'

/** A way found so far: labels at one node are kept while no cheaper one is also quicker. */
interface Label {
  node: number
  price: number
  delay: number
  link: number
  from: Label | null
}

/** A binary heap of labels by `key`, then by the order they came. */
class LabelHeap {
  private readonly items: Label[] = []
  constructor(private readonly key: (label: Label) => number) {}

  push(label: Label) {
    const { items, key } = this
    items.push(label)
    let i = items.length - 1
    for (;;) {
      const up = (i - 1) >> 1
      const parent = items[up]
      if (i === 0 || !parent || key(parent) <= key(label)) break
      items[i] = parent
      i = up
    }
    items[i] = label
  }

  pop(): Label | undefined {
    const { items, key } = this
    const top = items[0]
    const last = items.pop()
    if (!last || items.length === 0) return top
    let i = 0
    for (;;) {
      const [left, right] = [items[2 * i + 1], items[2 * i + 2]]
      if (!left) break
      const down = right && key(right) < key(left) ? 2 * i + 2 : 2 * i + 1
      const child = items[down]
      if (!child || key(child) >= key(last)) break
      items[i] = child
      i = down
    }
    items[i] = last
    return top
  }
}

export class DelaySearch {
  steps = 0
  /** After `run`: the least delay from the start to each node, infinite where there is no way in time. */
  readonly delay: Float64Array

  constructor(private readonly instance: Instance) {
    this.delay = new Float64Array(instance.nodes.length)
  }

  /** Least delays from `start` over links with room, as far as `limit` allows. */
  run(plan: Plan, start: number, width: number, limit: number) {
    const heap = new LabelHeap((label) => label.delay)
    this.delay.fill(Number.POSITIVE_INFINITY)
    heap.push({ node: start, price: 0, delay: 0, link: -1, from: null })
    for (let label = heap.pop(); label; label = heap.pop()) {
      if (label.delay >= f64(this.delay, label.node)) continue
      this.delay[label.node] = label.delay
      this.extend(plan, label, width, limit, heap)
    }
  }

  /**
   * The cheapest path within `limit`, or null. The first label to leave the heap at a node is its cheapest; a later one
   * is worth following only if it is quicker than all before it, so no path visits a node twice.
   */
  path(plan: Plan, start: number, end: number, width: number, limit: number) {
    const heap = new LabelHeap((label) => label.price)
    const quickest = new Float64Array(this.instance.nodes.length).fill(Number.POSITIVE_INFINITY)
    heap.push({ node: start, price: 0, delay: 0, link: -1, from: null })
    for (let label = heap.pop(); label; label = heap.pop()) {
      if (label.node === end) return { links: linksOf(label), price: label.price }
      if (label.delay >= f64(quickest, label.node)) continue
      quickest[label.node] = label.delay
      this.extend(plan, label, width, limit, heap)
    }
    return null
  }

  private extend(plan: Plan, from: Label, width: number, limit: number, heap: LabelHeap) {
    const { first, to, via, delay } = this.instance
    const end = i32(first, from.node + 1)
    this.steps += end - i32(first, from.node)
    for (let j = i32(first, from.node); j < end; j++) {
      const link = i32(via, j)
      const sum = from.delay + f64(delay, link)
      if (f64(plan.room, link) < width || sum > limit) continue
      heap.push({ node: i32(to, j), price: from.price + i32(plan.price, link), delay: sum, link, from })
    }
  }
}

function linksOf(end: Label): Int32Array {
  const links: number[] = []
  for (let label: Label | null = end; label?.from; label = label.from) links.push(label.link)
  return Int32Array.from(links.reverse())
}
