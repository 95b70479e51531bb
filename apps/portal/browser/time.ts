'use client'
// How are times told? In the person's own zone, which is named; stored and sent in UTC.
import { useEffect, useState, useSyncExternalStore } from 'react'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** British English for order and the 24-hour clock; everything else follows the browser. */
const LANGUAGE = 'en-GB'

export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LANGUAGE, options)

export const clockTime = (at: Date): string => format({ hour: '2-digit', minute: '2-digit' }).format(at)

/** For what happens several times a minute. */
export const secondTime = (at: Date): string =>
  format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)

/** For hover and for forms: nothing left to guess. */
export const exactTime = (at: Date): string =>
  format({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at)

const dayOf = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()

/** `18:00` today, `tomorrow 18:00`, `Tue 18:00` this week, else `24 Nov 18:00`. */
export function shortTime(at: Date, now: Date): string {
  const days = Math.round((dayOf(at) - dayOf(now)) / DAY)
  const time = clockTime(at)
  if (days === 0) return time
  if (days === 1) return `tomorrow ${time}`
  if (days === -1) return `yesterday ${time}`
  if (Math.abs(days) < 6) return `${format({ weekday: 'short' }).format(at)} ${time}`
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return `${format({ day: 'numeric', month: 'short', ...year }).format(at)} ${time}`
}

/** `18:00–20:00`, with the days where they are not today. */
export function shortWindow(from: Date, until: Date, now: Date): string {
  const sameDay = dayOf(from) === dayOf(until)
  return `${shortTime(from, now)} – ${sameDay ? clockTime(until) : shortTime(until, now)}`
}

export function duration(ms: number): string {
  const minutes = Math.round(ms / MINUTE)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`
}

export function relativeTime(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime()
  const far = Math.abs(ms)
  const text =
    far < MINUTE
      ? null
      : far < HOUR
        ? `${Math.round(far / MINUTE)} min`
        : far < DAY
          ? `${Math.round(far / HOUR)} h`
          : far < 30 * DAY
            ? `${Math.round(far / DAY)} d`
            : null
  if (far < MINUTE) return 'just now'
  if (text === null)
    return format({ day: 'numeric', month: 'short', ...(far > 300 * DAY && { year: 'numeric' }) }).format(at)
  return ms > 0 ? `in ${text}` : `${text} ago`
}

// One clock for the page: it ticks while somebody looks at it.
let current = new Date()
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null

function watch(changed: () => void) {
  watchers.add(changed)
  if (timer === null) {
    current = new Date()
    timer = setInterval(() => {
      current = new Date()
      for (const watcher of watchers) watcher()
    }, 5000)
  }
  return () => {
    watchers.delete(changed)
    if (watchers.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

const never = () => () => undefined

/** False on the server and for the first paint, which must be what the server made. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  )

/** Now, every five seconds anew. On the server it is `fallback`, so that both agree on the first paint. */
export const useNow = (fallback: Date = current): Date =>
  useSyncExternalStore(
    watch,
    () => current,
    () => fallback,
  )

const NEAR_MS = 2 * MINUTE

/** Now, every second anew once `at` is near: for counting down to it. */
export function useNowNear(at: Date | null): Date {
  const now = useNow()
  const near = at !== null && Math.abs(at.getTime() - now.getTime()) < NEAR_MS
  const [second, setSecond] = useState(now)
  useEffect(() => {
    if (!near) return
    const each = setInterval(() => setSecond(new Date()), 1000)
    return () => clearInterval(each)
  }, [near])
  return near && second > now ? second : now
}
