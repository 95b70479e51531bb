// Is there really no embedding? On small questions every placement and every set of simple paths is tried, so that a
// refusal is a proof and a request that fits is never refused.
import { type CutTable, cutsHold, cutTable } from './cut-table'
import { type Instance, otherEnd } from './instance'
import { f64, i32, u8 } from './numbers'
import { FAR, PathSearch } from './path-search'
import { Plan, UNPLACED } from './plan'

export type Verdict = 'found' | 'none' | 'unknown'

/** Above this many placements nobody waits for the end. */
const PLACEMENTS = 50_000

class Exhausted extends Error {}

/** Whether trying everything may come to an end; pins, groups and weak nodes make a question small. */
export function isSmall(instance: Instance): boolean {
  const nodes = instance.nodes.length
  let placements = 1
  for (let h = 0; h < instance.hosts.length && placements <= PLACEMENTS; h++) {
    let fitting = 0
    for (let v = 0; v < nodes; v++) fitting += u8(instance.fits, h * nodes + v)
    placements *= Math.max(1, fitting)
  }
  return placements <= PLACEMENTS
}

/** Tries everything, looking at no more than `limit` edges. A plan that is found holds everything, at no special price. */
export function exhaust(instance: Instance, limit: number): { verdict: Verdict; plan: Plan; steps: number } {
  const search = new Exhaust(instance, limit)
  const { plan } = search
  try {
    return { verdict: search.placeFrom(0) ? 'found' : 'none', plan, steps: search.steps }
  } catch (error) {
    if (error instanceof Exhausted) return { verdict: 'unknown', plan, steps: search.steps }
    throw error
  }
}

class Exhaust {
  readonly plan: Plan
  steps = 0
  private readonly paths: PathSearch
  private readonly order: readonly number[]
  private readonly cuts: CutTable | null

  constructor(
    private readonly instance: Instance,
    private readonly limit: number,
  ) {
    this.plan = new Plan(instance)
    this.paths = new PathSearch(instance)
    this.cuts = cutTable(instance)
    const { nodes, fits, hosts } = instance
    const choices = hosts.map((_, h) => nodes.reduce((sum, _node, v) => sum + u8(fits, h * nodes.length + v), 0))
    this.order = hosts.map((_, h) => h).toSorted((x, y) => (choices[x] ?? 0) - (choices[y] ?? 0) || x - y)
  }

  placeFrom(depth: number): boolean {
    const h = this.order[depth]
    if (h === undefined) return this.cutsHold() && this.routeFrom(this.betweenNodes(), 0)
    const { nodes, fits } = this.instance
    for (let v = 0; v < nodes.length; v++) {
      this.count(1)
      if (u8(fits, h * nodes.length + v) === 0 || !this.plan.hasRoom(h, v) || this.isApart(h, v)) continue
      this.plan.put(h, v)
      if (this.reaches(h, v) && this.placeFrom(depth + 1)) return true
      this.plan.lift(h)
    }
    return false
  }

  private isApart(h: number, v: number): boolean {
    const { groups, groupsOf } = this.instance
    return (groupsOf[h] ?? []).some((g) => (groups[g] ?? []).some((other) => i32(this.plan.place, other) === v))
  }

  /** Whether each link of h to a placed host has a way of its own, were it alone. */
  private reaches(h: number, v: number): boolean {
    const { vlinkFirst, vlinkAt, width } = this.instance
    for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1); j++) {
      const l = i32(vlinkAt, j)
      const other = i32(this.plan.place, otherEnd(this.instance, l, h))
      if (other !== UNPLACED && other !== v && !this.hasWay(v, other, f64(width, l))) return false
    }
    return true
  }

  private hasWay(from: number, to: number, width: number): boolean {
    const before = this.paths.steps
    this.paths.run(this.plan, from, width, to)
    this.count(this.paths.steps - before)
    return i32(this.paths.price, to) < FAR
  }

  private cutsHold(): boolean {
    if (this.cuts) this.count(this.cuts.room.length)
    return this.cuts === null || cutsHold(this.instance, this.cuts, this.plan.place)
  }

  /** Virtual links between different nodes, widest first: the hardest to route. Those inside a node take no path. */
  private betweenNodes(): number[] {
    const { endA, endB, vlinks, width } = this.instance
    const node = (ends: Int32Array, l: number) => i32(this.plan.place, i32(ends, l))
    return vlinks
      .flatMap((_, l) => (node(endA, l) === node(endB, l) ? [] : [l]))
      .toSorted((x, y) => f64(width, y) - f64(width, x) || x - y)
  }

  private routeFrom(links: readonly number[], at: number): boolean {
    const l = links[at]
    if (l === undefined) return this.closeInside()
    const { endA, endB, width } = this.instance
    for (const later of links.slice(at)) {
      const [a, b] = [i32(this.plan.place, i32(endA, later)), i32(this.plan.place, i32(endB, later))]
      if (!this.hasWay(a, b, f64(width, later))) return false
    }
    const start = i32(this.plan.place, i32(endA, l))
    return this.walk(links, at, l, start, new Set([start]), [], 0)
  }

  /** Every simple path of virtual link l, one after the other, with all that follows from each. */
  private walk(
    links: readonly number[],
    at: number,
    l: number,
    v: number,
    visited: Set<number>,
    path: number[],
    delay: number,
  ): boolean {
    const { first, to, via, endB, width, limit, delay: delays } = this.instance
    if (v === i32(this.plan.place, i32(endB, l))) {
      this.plan.route(l, Int32Array.from(path), 0)
      if (this.routeFrom(links, at + 1)) return true
      this.plan.unroute(l)
      return false
    }
    for (let j = i32(first, v); j < i32(first, v + 1); j++) {
      this.count(1)
      const e = i32(via, j)
      const next = i32(to, j)
      const sum = delay + f64(delays, e)
      if (visited.has(next) || sum > f64(limit, l) || f64(this.plan.room, e) < f64(width, l)) continue
      visited.add(next)
      path.push(e)
      if (this.walk(links, at, l, next, visited, path, sum)) return true
      path.pop()
      visited.delete(next)
    }
    return false
  }

  private closeInside(): true {
    const { endA, endB, vlinks } = this.instance
    vlinks.forEach((_, l) => {
      const same = i32(this.plan.place, i32(endA, l)) === i32(this.plan.place, i32(endB, l))
      if (same && this.plan.paths[l] === null) this.plan.route(l, new Int32Array(0), 0)
    })
    return true
  }

  private count(steps: number) {
    this.steps += steps
    if (this.steps > this.limit) throw new Exhausted()
  }
}
