// How do days and hours lie on a line? In real time: a day in which the clocks change is an hour shorter or longer, and its
// hours are named as a clock on the wall names them. Everything here is in the zone of whoever looks.
import type { Window } from '@myvini/core/reservation/timeline'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const LANGUAGE = 'en-GB'

export const VIEWS = { day: 1, week: 7, fortnight: 14 } as const
export type View = keyof typeof VIEWS

/** Windows begin and end on these, in minutes. */
export const STEP_MIN: Record<View, number> = { day: 15, week: 30, fortnight: 60 }

export const startOfDay = (at: Date): Date => new Date(at.getFullYear(), at.getMonth(), at.getDate())
export const addDays = (day: Date, count: number): Date =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + count)

/** `2026-03-29`, for addresses. */
export function dayText(day: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** Null for what is no day. */
export function dayFrom(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year === undefined) return null
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  return dayText(date) === text ? date : null
}

export interface Day {
  window: Window
  /** `Sun 29`, and its parts where there is little room. */
  label: string
  weekday: string
  date: string
  /** `Sunday 29 March`. */
  name: string
  /** By how much the clocks are changed on it, in minutes; 0 on nearly all days. */
  changeMin: number
}

export function daysFrom(first: Date, view: View): Day[] {
  const start = startOfDay(first)
  return Array.from({ length: VIEWS[view] }, (_, i) => {
    const day = addDays(start, i)
    const window = { fromMs: day.getTime(), untilMs: addDays(start, i + 1).getTime() }
    const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LANGUAGE, options).format(day)
    return {
      window,
      label: format({ weekday: 'short', day: 'numeric' }),
      weekday: format({ weekday: 'short' }),
      date: format({ day: 'numeric' }),
      name: format({ weekday: 'long', day: 'numeric', month: 'long' }),
      changeMin: Math.round((DAY_MS - (window.untilMs - window.fromMs)) / MINUTE_MS),
    }
  })
}

export interface Tick {
  atMs: number
  /** `06`, as the clock shows it. */
  label: string
}

/** Full hours within a day that a clock shows as a multiple of `every`; in autumn one of them twice, in spring one not at all. */
export function hoursOf(day: Window, every: number): Tick[] {
  const ticks: Tick[] = []
  for (let atMs = day.fromMs + HOUR_MS; atMs < day.untilMs; atMs += HOUR_MS) {
    const at = new Date(atMs)
    if (at.getMinutes() === 0 && at.getHours() % every === 0)
      ticks.push({ atMs, label: String(at.getHours()).padStart(2, '0') })
  }
  return ticks
}

/** The nearest moment at which a clock on the wall shows a multiple of the step. Clocks are changed by whole steps. */
export function snap(ms: number, stepMin: number): number {
  const offsetMs = new Date(ms).getTimezoneOffset() * MINUTE_MS
  const stepMs = stepMin * MINUTE_MS
  return Math.round((ms - offsetMs) / stepMs) * stepMs + offsetMs
}

/** `Tue 26 Nov, 14:00`, for readers of the screen. */
export const momentText = (ms: number): string =>
  new Intl.DateTimeFormat(LANGUAGE, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(ms)

/** `CET`, or both where the clocks change in between: `CET, CEST from Sun 29`. */
export function zoneText(range: Window): string {
  const short = (ms: number) =>
    new Intl.DateTimeFormat(LANGUAGE, { timeZoneName: 'short' })
      .formatToParts(ms)
      .find((p) => p.type === 'timeZoneName')?.value ?? ''
  const [first, last] = [short(range.fromMs), short(range.untilMs - 1)]
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return first === last ? `${zone} (${first})` : `${zone} (${first}, then ${last})`
}
