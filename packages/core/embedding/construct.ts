// How does a partial plan become a whole one? Host by host, each time the one most tied to those already placed.

import type { Random } from './chance'
import { type Instance, otherEnd } from './instance'
import { f64, i32 } from './numbers'
import type { Placing } from './placing'
import { type Plan, UNPLACED } from './plan'

/** What a search works with. */
export interface Tools {
  readonly instance: Instance
  readonly placing: Placing
  readonly random: Random
}

/** Hosts that wait for a place, in order, with their ties beside them: only those of a placed host's neighbours change. */
export class Waiting {
  private readonly hosts: Int32Array
  private readonly ties: Float64Array
  private readonly isWaiting: Uint8Array
  private left = 0

  constructor(
    private readonly tools: Tools,
    private readonly plan: Plan,
  ) {
    const { length } = tools.instance.hosts
    this.hosts = new Int32Array(length)
    this.ties = new Float64Array(length)
    this.isWaiting = new Uint8Array(length)
  }

  /** Once nobody waits: these do, and the plan has no place for any of them yet. */
  add(hosts: Iterable<number>) {
    for (const h of hosts) {
      this.hosts[this.left] = h
      this.ties[this.left++] = tiesOf(this.tools.instance, this.plan, h)
      this.isWaiting[h] = 1
    }
  }

  get count(): number {
    return this.left
  }

  /** Places what it can, at most `most`, in an order by ties and chance; what finds no node stays unplaced. */
  fill(noise: number, most = Number.POSITIVE_INFINITY) {
    const { instance, placing } = this.tools
    for (let count = 0; count < most && this.left > 0; count++) {
      const h = this.takeStrongest(4 * noise)
      placing.place(this.plan, h, noise)
      for (let j = i32(instance.vlinkFirst, h); j < i32(instance.vlinkFirst, h + 1); j++) {
        const other = otherEnd(instance, i32(instance.vlinkAt, j), h)
        if (this.isWaiting[other] === 1) this.ties[this.hosts.indexOf(other)] = tiesOf(instance, this.plan, other)
      }
    }
  }

  private takeStrongest(bend: number): number {
    const { hosts, ties, left } = this
    const { random } = this.tools
    let next = 0
    let strongest = -1
    for (let i = 0; i < left; i++) {
      const now = (ties[i] ?? 0) * (1 + bend * random())
      if (now > strongest) {
        strongest = now
        next = i
      }
    }
    const h = i32(hosts, next)
    hosts.copyWithin(next, next + 1, left)
    ties.copyWithin(next, next + 1, left)
    this.left--
    this.isWaiting[h] = 0
    return h
  }
}

/** How much holds a host to those placed: bandwidth, and a little for each link, so that none is forgotten. */
function tiesOf(instance: Instance, plan: Plan, h: number): number {
  const { vlinkFirst, vlinkAt, width } = instance
  let ties = 0
  for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1); j++) {
    const l = i32(vlinkAt, j)
    const placed = i32(plan.place, otherEnd(instance, l, h)) !== UNPLACED
    ties += placed ? f64(width, l) + plan.unit * PLACED : f64(width, l) * AHEAD
  }
  return ties
}
const PLACED = 0.2
const AHEAD = 0.001
