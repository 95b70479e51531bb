// In which line does each bar lie, so that none hides another?
import type { Window } from '@myvini/core/reservation/timeline'

/** Bars in order of their starts; each in the first line that is free by then. */
export function lanesOf<T extends Window>(bars: readonly T[]): { bar: T; lane: number }[] {
  const freeFrom: number[] = []
  return bars
    .toSorted((a, b) => a.fromMs - b.fromMs || b.untilMs - a.untilMs)
    .map((bar) => {
      const at = freeFrom.findIndex((ms) => ms <= bar.fromMs)
      const lane = at < 0 ? freeFrom.length : at
      freeFrom[lane] = bar.untilMs
      return { bar, lane }
    })
}
