// Where on the line is a moment, and which moment is under the pointer?
import type { Window } from '@myvini/core/reservation/timeline'

/** 0 … 100, for CSS. */
export const percentOf = (range: Window, ms: number): number =>
  Math.max(0, Math.min(1, (ms - range.fromMs) / (range.untilMs - range.fromMs))) * 100

export const spanOf = (range: Window, window: Window): { left: string; width: string } => {
  const left = percentOf(range, window.fromMs)
  return { left: `${left}%`, width: `${percentOf(range, window.untilMs) - left}%` }
}

export const isWithin = (range: Window, window: Window): boolean =>
  window.fromMs < range.untilMs && range.fromMs < window.untilMs

export function momentAt(range: Window, box: { left: number; width: number }, clientX: number): number {
  const share = Math.max(0, Math.min(1, (clientX - box.left) / box.width))
  return range.fromMs + share * (range.untilMs - range.fromMs)
}
