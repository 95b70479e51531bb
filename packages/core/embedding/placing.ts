// Where does one host go best, given those that are placed? Every node is scored by the paths it would need; the best few
// are tried with real paths, because links of one host compete for the same room.

import type { Random } from './chance'
import { DelaySearch } from './delay-search'
import { type Instance, otherEnd } from './instance'
import { f64, i32 } from './numbers'
import { FAR, PathSearch } from './path-search'
import { type Plan, UNPLACED } from './plan'
import { HOP } from './price'

/** Above this many nodes only those near the neighbours are scored; below, scoring all is quicker than choosing. */
const SCORE_ALL = 300
const NEAR = 64
const TRIES = 5
/** What a placing costs besides, in edges: choosing, copying, undoing. */
const OVERHEAD = 200
const OUTLOOK = 1
const OUTLOOK_ALONE = 4

export class Placing {
  readonly paths: PathSearch
  private readonly delays: DelaySearch
  private readonly score: Float64Array
  /** The nodes still in question: the first `opened` of `open`. */
  private readonly open: Int32Array
  private opened = 0
  private scored = 0
  private readonly marks: Uint8Array

  constructor(
    private readonly instance: Instance,
    private readonly random: Random,
  ) {
    this.paths = new PathSearch(instance)
    this.delays = new DelaySearch(instance)
    this.score = new Float64Array(instance.nodes.length)
    this.open = new Int32Array(instance.nodes.length)
    this.marks = new Uint8Array(instance.nodes.length)
  }

  /** Effort so far, in edges; a node that is scored counts like an edge, and so does what is copied between rounds. */
  get steps(): number {
    return this.paths.steps + this.delays.steps + this.scored
  }

  /** Puts host h where it costs least and routes its links; false, and nothing changed, where none of the tries holds. */
  place(plan: Plan, h: number, noise: number): boolean {
    if (this.tryBest(plan, h, noise, this.instance.nodes.length > SCORE_ALL ? NEAR : FAR)) return true
    return this.instance.nodes.length > SCORE_ALL && this.tryBest(plan, h, noise, FAR)
  }

  /** Puts host h on node v with the links to placed neighbours; false, and nothing changed, where a link finds no way. */
  placeAt(plan: Plan, h: number, v: number): boolean {
    const { vlinkFirst, vlinkAt } = this.instance
    plan.put(h, v)
    for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1); j++) {
      const l = i32(vlinkAt, j)
      if (i32(plan.place, otherEnd(this.instance, l, h)) !== UNPLACED && !this.route(plan, l)) {
        plan.lift(h)
        return false
      }
    }
    return true
  }

  route(plan: Plan, l: number): boolean {
    const { endA, endB, width, limit } = this.instance
    const from = i32(plan.place, i32(endA, l))
    const to = i32(plan.place, i32(endB, l))
    if (f64(limit, l) < Number.POSITIVE_INFINITY) {
      const found = this.delays.path(plan, from, to, f64(width, l), f64(limit, l))
      if (found) plan.route(l, found.links, found.price)
      return found !== null
    }
    this.paths.run(plan, from, f64(width, l), to)
    const price = i32(this.paths.price, to)
    if (price >= FAR) return false
    plan.route(l, this.paths.path(from, to), price)
    return true
  }

  private tryBest(plan: Plan, h: number, noise: number, near: number): boolean {
    this.scoreNodes(plan, h, noise, near)
    const { score, open } = this
    for (let t = 0; t < TRIES; t++) {
      let best = -1
      let least = Number.POSITIVE_INFINITY
      for (let i = 0; i < this.opened; i++) {
        const v = open[i] ?? 0
        const sum = score[v] ?? 0
        if (sum < least) {
          least = sum
          best = v
        }
      }
      if (best < 0) return false
      if (this.placeAt(plan, h, best)) return true
      score[best] = Number.POSITIVE_INFINITY
    }
    return false
  }

  private scoreNodes(plan: Plan, h: number, noise: number, near: number) {
    this.openNodes(plan, h)
    const { vlinkFirst, vlinkAt, width } = this.instance
    let ahead = 0
    let anchored = false
    for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1); j++) {
      const l = i32(vlinkAt, j)
      const from = i32(plan.place, otherEnd(this.instance, l, h))
      if (from === UNPLACED) ahead += f64(width, l)
      else {
        this.addPaths(plan, l, from, anchored ? this.opened : near)
        anchored = true
      }
    }
    const { score, open } = this
    // Links to hosts that come later need room around the node; without any placed neighbour it is all there is to go by.
    const weight = ahead * HOP * (anchored ? OUTLOOK : OUTLOOK_ALONE)
    const spice = anchored ? 0 : plan.unit * HOP
    for (let i = 0; i < this.opened; i++) {
      const v = open[i] ?? 0
      let sum = (score[v] ?? 0) + plan.placeCost(h, v)
      if (ahead > 0) sum += (weight * ahead) / (ahead + (plan.around[v] ?? 0))
      score[v] = noise > 0 ? sum + noise * this.random() * (sum + spice) : sum
    }
  }

  /** Lists in `open` the nodes that could take host h beside those already placed, with a score of nothing. */
  private openNodes(plan: Plan, h: number) {
    const { fits, groupsOf, groups, nodes } = this.instance
    const { score, open } = this
    const row = h * nodes.length
    for (let v = 0; v < nodes.length; v++) score[v] = 0
    for (const g of groupsOf[h] ?? [])
      for (const other of groups[g] ?? []) {
        const v = i32(plan.place, other)
        if (v !== UNPLACED) score[v] = Number.POSITIVE_INFINITY
      }
    this.scored += nodes.length + OVERHEAD
    let count = 0
    for (let v = 0; v < nodes.length; v++)
      if (fits[row + v] === 1 && score[v] === 0 && plan.hasRoom(h, v)) open[count++] = v
    this.opened = count
  }

  /** Adds the price of a path from `from` to every open node; closes those without one. */
  private addPaths(plan: Plan, l: number, from: number, near: number) {
    const width = f64(this.instance.width, l)
    const limit = f64(this.instance.limit, l)
    const { score, open, paths, delays, opened } = this
    const bounded = limit < Number.POSITIVE_INFINITY
    if (bounded) delays.run(plan, from, width, limit)
    if (near < opened) this.markOpen(1)
    paths.runToMarks(plan, from, width, this.marks, near < opened ? near : FAR)
    if (near < opened) this.markOpen(0)
    const rate = plan.rate(l)
    let count = 0
    for (let i = 0; i < opened; i++) {
      const v = open[i] ?? 0
      const price = paths.price[v] ?? FAR
      if (price >= FAR || (bounded && delays.delay[v] === Number.POSITIVE_INFINITY)) continue
      score[v] = (score[v] ?? 0) + rate * price
      open[count++] = v
    }
    this.opened = count
  }

  private markOpen(mark: 0 | 1) {
    for (let i = 0; i < this.opened; i++) this.marks[this.open[i] ?? 0] = mark
  }
}
