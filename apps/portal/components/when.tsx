'use client'
import { exactTime, relativeTime, shortTime, shortWindow, useHydrated, useNow, zoneName } from '../browser/time'

interface LocalTimeProps {
  at: Date
  text: (now: Date) => string
  className?: string
}

/**
 * The server does not know the person's zone: what it sends keeps the room, unseen, until the browser puts its own text
 * there. Another key, since React leaves a text that differs as the server wrote it.
 */
function LocalTime({ at, text, className }: LocalTimeProps) {
  const hydrated = useHydrated()
  const now = useNow(at)
  return hydrated ? (
    <time key="local" dateTime={at.toISOString()} title={exactTime(at)} className={className}>
      {text(now)}
    </time>
  ) : (
    <time key="server" dateTime={at.toISOString()} className="invisible" suppressHydrationWarning>
      {text(now)}
    </time>
  )
}

/** "in 3 h", with the exact time and the zone on hover. */
export const Ago = ({ at }: { at: Date }) => (
  <LocalTime at={at} text={(now) => relativeTime(at, now)} className="whitespace-nowrap" />
)

/** "18:00", "tomorrow 18:00", "24 Nov 18:00". */
export const ShortTime = ({ at }: { at: Date }) => <LocalTime at={at} text={(now) => shortTime(at, now)} />

/** "18:00 – 20:00". */
export const WindowTime = ({ from, until }: { from: Date; until: Date }) => (
  <LocalTime at={from} text={(now) => shortWindow(from, until, now)} className="whitespace-nowrap" />
)

export function Zone() {
  return useHydrated() ? <span>{zoneName()}</span> : null
}

/** A text about a time, exact on hover. Only where the page is made in the browser. */
export function At({ at, text }: { at: Date; text: string }) {
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)}>
      {text}
    </time>
  )
}
