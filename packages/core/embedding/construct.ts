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

/**
 * Places what it can of `waiting`, at most `most` of them, in an order by ties and chance, and takes them off the list;
 * what finds no node stays unplaced.
 */
export function fill(
  { instance, placing, random }: Tools,
  plan: Plan,
  waiting: number[],
  noise: number,
  most = Number.POSITIVE_INFINITY,
) {
  // Beside `waiting`: only those of a placed host's neighbours change with it.
  const ties = waiting.map((h) => tiesOf(instance, plan, h))
  for (let count = 0; count < most && waiting.length > 0; count++) {
    let next = 0
    let strongest = -1
    for (let i = 0; i < waiting.length; i++) {
      const now = (ties[i] ?? 0) * (1 + 4 * noise * random())
      if (now > strongest) {
        strongest = now
        next = i
      }
    }
    const [h] = waiting.splice(next, 1)
    ties.splice(next, 1)
    if (h === undefined) continue
    placing.place(plan, h, noise)
    for (let j = i32(instance.vlinkFirst, h); j < i32(instance.vlinkFirst, h + 1); j++) {
      const other = otherEnd(instance, i32(instance.vlinkAt, j), h)
      const at = waiting.indexOf(other)
      if (at >= 0) ties[at] = tiesOf(instance, plan, other)
    }
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
