// Until when could what runs go on where it is? As long as others leave the room that it holds, and as the policy allows.
import type { Substrate } from '../substrate/substrate'
import { NODE_AMOUNTS, type Usage } from '../substrate/usage'
import type { Step, Timeline } from './timeline'

/** Sums of decimal Mbit/s may be off by rounding. */
const ROUNDING = 1e-6

export interface Ceiling {
  atMs: number
  /** What is promised to others from then on: `node chicago-1`, `link chicago-1–newyork-1`. */
  because: string
}

interface Extended {
  substrate: Substrate
  /** Of others only. */
  others: Timeline
  holds: Usage
  endsAtMs: number
}

/** The first moment from `fromMs` on at which more than `most` is taken. */
function firstAbove(steps: readonly Step[], fromMs: number, most: number): number | null {
  let before = 0
  for (const { atMs, value } of steps) {
    if (atMs <= fromMs) before = value
    else if (before > most) return fromMs
    else if (value > most) return atMs
  }
  return before > most ? fromMs : null
}

/** Null where nobody else is in the way. */
export function ceilingOf({ substrate, others, holds, endsAtMs }: Extended): Ceiling | null {
  const names = new Map(substrate.nodes.map((n) => [n.id, n.name]))
  let lowest: Ceiling | null = null
  const take = (atMs: number | null, because: string) => {
    if (atMs !== null && (lowest === null || atMs < lowest.atMs)) lowest = { atMs, because }
  }
  for (const node of substrate.nodes) {
    const mine = holds.nodes.get(node.id)
    if (!mine) continue
    for (const what of NODE_AMOUNTS)
      if (mine[what] > 0)
        take(
          firstAbove(others.nodeSteps(node.id, what), endsAtMs, node[what] - mine[what] + ROUNDING),
          `node ${node.name}`,
        )
  }
  for (const link of substrate.links) {
    const mine = holds.links.get(link.id) ?? 0
    if (mine > 0)
      take(
        firstAbove(others.linkSteps(link.id), endsAtMs, link.capacityMbps - mine + ROUNDING),
        `link ${names.get(link.a)}–${names.get(link.b)}`,
      )
  }
  return lowest
}
