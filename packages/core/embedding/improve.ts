// How does a plan become better? Lift a few hosts that belong together, place them anew, keep what helps: ruin and
// recreate (Schrimpf et al., 2000; Shaw's relatedness, 1998), with a temperature that lets a little worse pass at first.

import { type Random, randomBelow } from './chance'
import type { Tools, Waiting } from './construct'
import { type Instance, otherEnd } from './instance'
import { f64, i32 } from './numbers'
import { type Plan, UNPLACED } from './plan'
import { HOP } from './price'

export interface Ruin {
  /** Whom `work` has no place for, between two rounds nobody. */
  waiting: Waiting
  /** The plan that is worked on, the one it returns to, and the best so far. */
  work: Plan
  kept: Plan
  best: Plan
}

/** What a plan is worth: what is missing weighs more than any path. */
export function worth(plan: Plan, penalty: Float64Array): number {
  let sum = plan.cost
  if (plan.unplaced > 0)
    for (let h = 0; h < penalty.length; h++) if (i32(plan.place, h) === UNPLACED) sum += f64(penalty, h)
  return sum
}

/** More than a host costs where it is placed: its links over a long way. */
export function penalties(instance: Instance, plan: Plan): Float64Array {
  const hops = LONG_WAY + Math.sqrt(instance.nodes.length)
  return Float64Array.from(instance.hosts, (_, h) => {
    let carried = plan.unit
    for (let j = i32(instance.vlinkFirst, h); j < i32(instance.vlinkFirst, h + 1); j++)
      carried += f64(instance.width, i32(instance.vlinkAt, j))
    return carried * hops * HOP
  })
}
const LONG_WAY = 20

/** One or a few hosts, neighbours of each other where possible; one without a place, if there is one, is likely among them. */
export function related(instance: Instance, plan: Plan, random: Random, most: number): number[] {
  const hosts = instance.hosts.length
  const missing: number[] = []
  for (let h = 0; h < hosts; h++) if (i32(plan.place, h) === UNPLACED) missing.push(h)
  const start =
    missing.length > 0 && random() < 0.7 ? missing[randomBelow(random, missing.length)] : randomBelow(random, hosts)
  const chosen = new Set([start ?? 0])
  const size = 1 + randomBelow(random, Math.min(most, hosts))
  for (let guard = 0; chosen.size < size && guard < 20; guard++) {
    const from = [...chosen][randomBelow(random, chosen.size)] ?? 0
    const degree = i32(instance.vlinkFirst, from + 1) - i32(instance.vlinkFirst, from)
    const stranger = degree === 0 || random() < 0.3
    chosen.add(
      stranger
        ? randomBelow(random, hosts)
        : otherEnd(instance, i32(instance.vlinkAt, i32(instance.vlinkFirst, from) + randomBelow(random, degree)), from),
    )
  }
  for (const h of missing) chosen.add(h)
  return [...chosen]
}

/** One round; whatever comes of it, `work` is afterwards the plan that was kept. */
export function ruinAndRecreate(
  tools: Tools,
  { waiting, work, kept, best }: Ruin,
  penalty: Float64Array,
  heat: number,
) {
  const { instance, random } = tools
  const lifted = related(instance, work, random, 3)
  for (const h of lifted) work.lift(h)
  waiting.add(lifted)
  waiting.fill(random() < 0.5 ? 0 : NOISE)
  const now = worth(work, penalty)
  const slack = -Math.log(random() + 1e-9) * heat * Math.max(work.unit * HOP, kept.cost)
  if (now >= worth(kept, penalty) + slack) {
    work.copyFrom(kept)
    return
  }
  kept.copyFrom(work)
  if (now < worth(best, penalty) * (1 - 1e-12)) best.copyFrom(work)
}
/** How far chance may bend a score; tried on traces of other seeds than those it is measured on. */
export const NOISE = 0.3
