'use client'
// The rows of the calendar: where it fits, who has booked, and how full each node and link is.
import type { Starts } from '@myvini/core/reservation/fitting-starts'
import type { Window } from '@myvini/core/reservation/timeline'
import Link from 'next/link'
import { memo } from 'react'
import { shortWindow } from '../browser/time'
import { classes } from '../components/classes'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { heatColor, wordsOnHeat } from '../substrate/heat'
import { lanesOf } from './lanes'
import type { Row, Run } from './runs'
import { isWithin, percentOf, spanOf } from './scale'

export type CalendarBooking = ApiOutput['calendar']['bookings'][number]

const percent = (share: number) => `${Math.round(share * 100)} %`

const told = (row: Row, run: Run, now: Date) =>
  `${row.name}: ${percent(run.share)}${run.of === null ? '' : ` of its ${run.of}`} taken, ${shortWindow(new Date(run.fromMs), new Date(run.untilMs), now)}`

/** A line of how full one node or link is. */
export const LoadRow = memo(function LoadRow({ row, range, now }: { row: Row; range: Window; now: Date }) {
  return (
    <div className="relative h-6 border-b border-line/60 [contain-intrinsic-size:auto_24px] [content-visibility:auto]">
      {row.runs
        .filter((run) => isWithin(range, run))
        .map((run) => {
          const wide = percentOf(range, run.untilMs) - percentOf(range, run.fromMs)
          return (
            <div
              key={run.fromMs}
              title={told(row, run, now)}
              className="absolute inset-y-0.5 flex items-center justify-center overflow-hidden rounded-[2px] text-2xs tabular"
              style={{ ...spanOf(range, run), background: heatColor(run.share), color: wordsOnHeat(run.share) }}
            >
              {wide > 6 && percent(run.share)}
            </div>
          )
        })}
    </div>
  )
})

/** From when to when a window of this length can begin. */
export function StartsRow({
  starts,
  never,
  range,
  now,
}: {
  starts: readonly Starts[] | null
  /** Not even on an empty substrate. */
  never: boolean
  range: Window
  now: Date
}) {
  return (
    <div className="relative h-6 border-b border-line">
      {starts === null && <div className="absolute inset-y-1 right-1 left-1 animate-skeleton rounded-sm bg-sunken" />}
      {starts?.map((run) => {
        const wide = percentOf(range, run.untilMs) - percentOf(range, run.fromMs)
        return (
          <div
            key={run.fromMs}
            title={`${run.fits ? 'It fits' : 'It does not fit'}, started within ${shortWindow(new Date(run.fromMs), new Date(run.untilMs), now)}`}
            className={classes(
              'absolute inset-y-0.5 flex items-center justify-center overflow-hidden rounded-[2px] font-medium text-2xs',
              run.fits
                ? 'bg-running-soft text-running'
                : 'bg-[repeating-linear-gradient(135deg,var(--failed-soft)_0_5px,transparent_5px_9px)] text-failed',
            )}
            style={spanOf(range, run)}
          >
            {wide > 5 && (run.fits ? 'fits' : never ? 'never fits' : 'full')}
          </div>
        )
      })}
    </div>
  )
}

const HELD = new Set(['scheduled', 'provisioning', 'running', 'degraded', 'ending', 'failed'])

export interface LaidBooking extends Window {
  booking: CalendarBooking
  lane: number
}

/** Those within the range, each in a line of its own where they are there at once. */
export function layBookings(bookings: readonly CalendarBooking[], range: Window, leastMs: number): LaidBooking[] {
  const bars = bookings.map((booking) => ({
    booking,
    fromMs: booking.startsAt.getTime(),
    // A finger needs room, however short the booking.
    untilMs: Math.max(booking.endsAt.getTime(), booking.startsAt.getTime() + leastMs),
  }))
  return lanesOf(bars.filter((bar) => isWithin(range, bar))).map(({ bar, lane }) => ({ ...bar, lane }))
}

const LANE = 28
export const bookingsHeight = (laid: readonly LaidBooking[]): number =>
  Math.max(1, ...laid.map((l) => l.lane + 1)) * LANE + 4

/** Bookings one may see, as bars; what is only asked for looks different from what is held. */
export function BookingBars({ laid, range, now }: { laid: readonly LaidBooking[]; range: Window; now: Date }) {
  return (
    <div className="relative border-b border-line" style={{ height: bookingsHeight(laid) }}>
      {laid.length === 0 && <p className="px-2 text-faint text-xs leading-7">None that you may see</p>}
      {laid.map(({ booking, lane, ...bar }) => (
        <Link
          key={booking.id}
          href={pathTo.slice(booking.slice.id)}
          title={`${booking.slice.name}, ${booking.state}: ${booking.requester}, ${booking.project}; ${shortWindow(booking.startsAt, booking.endsAt, now)}`}
          className={classes(
            'absolute z-[2] flex h-6 min-w-6 items-center overflow-hidden rounded-sm border px-1.5 text-xs whitespace-nowrap hover:z-[4]',
            HELD.has(booking.state)
              ? 'border-accent/50 bg-accent-soft text-accent-ink'
              : 'border-line-strong border-dashed bg-raised text-muted',
          )}
          style={{ ...spanOf(range, bar), top: lane * LANE + 4 }}
        >
          <span className="truncate">
            {booking.slice.name}
            {!HELD.has(booking.state) && <span className="text-faint"> asked for</span>}
          </span>
        </Link>
      ))}
    </div>
  )
}
