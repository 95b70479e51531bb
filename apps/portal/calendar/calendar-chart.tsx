'use client'
// Hours across, nodes and links down: how full the substrate is when, and the window that is chosen on it.
import type { Starts } from '@myvini/core/reservation/fitting-starts'
import type { Window } from '@myvini/core/reservation/timeline'
import { type KeyboardEvent, useMemo } from 'react'
import { classes } from '../components/classes'
import { useWidth } from '../components/use-width'
import { BookingBars, bookingsHeight, type CalendarBooking, LoadRow, layBookings, StartsRow } from './chart-rows'
import type { Row } from './runs'
import { percentOf, spanOf } from './scale'
import { Selection } from './selection'
import { type Day, hoursOf, momentText, STEP_MIN, type View } from './time-axis'
import { useDragging } from './use-dragging'

export interface CalendarChartProps {
  view: View
  days: readonly Day[]
  rows: readonly Row[]
  bookings: readonly CalendarBooking[]
  /** What is asked about: its name, and from when to when it can begin. Null: nothing is. */
  asked: { name: string; starts: readonly Starts[] | null; never: boolean } | null
  window: Window
  fits: boolean | null
  /** From now until as far ahead as may be booked. */
  limits: Window
  now: Date
  onWindow: (window: Window) => void
  /** Enter: the window is what was looked for. */
  onChoose: () => void
}

const MINUTE_MS = 60_000
/** Room that an hour's name needs, in pixels. */
const HOUR_WIDTH = 26
/** A day in less than this is told in two lines, and in less than that by two letters. */
const NARROW_DAY = 60
const TINY_DAY = 32
/** The narrowest bar and what keeps it from the next (WCAG 2.5.8), in pixels. */
const BAR_WIDTH = 28

function Hours({ days, range, width }: { days: readonly Day[]; range: Window; width: number }) {
  const perHour = width / ((range.untilMs - range.fromMs) / 3_600_000)
  const perDay = width / days.length
  const narrow = perDay < NARROW_DAY
  const every = [1, 2, 3, 6, 12, 24].find((n) => n * perHour >= HOUR_WIDTH) ?? 24
  return (
    <div className="relative h-11 text-2xs">
      {days.map((day) => (
        <div
          key={day.window.fromMs}
          className="absolute top-0 flex h-6 items-center gap-1.5 overflow-hidden border-line-strong border-l px-1.5 font-medium text-xs whitespace-nowrap"
          style={spanOf(range, day.window)}
          title={day.name}
        >
          {days.length === 1 ? day.name : narrow ? day.weekday.slice(0, perDay < TINY_DAY ? 2 : 3) : day.label}
          {day.changeMin !== 0 && (
            <span
              className="rounded-sm bg-changing-soft px-1 text-2xs text-changing"
              title={`The clocks go ${day.changeMin > 0 ? 'forward' : 'back'} on this day.`}
            >
              {day.changeMin > 0 ? '−' : '+'}
              {Math.abs(day.changeMin) / 60} h
            </span>
          )}
        </div>
      ))}
      {narrow &&
        days.map((day) => (
          <span
            key={day.window.fromMs}
            className="absolute top-5.5 pl-1.5 text-muted text-xs tabular leading-5"
            style={{ left: `${percentOf(range, day.window.fromMs)}%` }}
          >
            {day.date}
          </span>
        ))}
      {every < 24 &&
        !narrow &&
        days.flatMap((day) =>
          hoursOf(day.window, every).map(({ atMs, label }) => (
            <span
              key={atMs}
              className="-translate-x-1/2 absolute top-6 text-faint tabular leading-5"
              style={{ left: `${percentOf(range, atMs)}%` }}
            >
              {label}
            </span>
          )),
        )}
    </div>
  )
}

const Name = ({ children, title, tall }: { children: React.ReactNode; title?: string; tall?: number }) => (
  <div
    title={title}
    className="flex h-6 items-center truncate border-b border-line/60 pr-2 pl-3 text-xs"
    style={tall === undefined ? undefined : { height: tall }}
  >
    <span className="truncate">{children}</span>
  </div>
)

const Group = ({ children }: { children: React.ReactNode }) => (
  <div className="flex h-7 items-end border-b border-line pb-0.5 pl-3 font-medium text-faint text-xs">{children}</div>
)

export function CalendarChart(props: CalendarChartProps) {
  const { view, days, rows, bookings, asked, window, fits, limits, now, onWindow, onChoose } = props
  const [chart, width] = useWidth<HTMLDivElement>(800)
  const first = days[0]?.window.fromMs ?? 0
  const last = days.at(-1)?.window.untilMs ?? 1
  const range = useMemo(() => ({ fromMs: first, untilMs: last }), [first, last])
  const stepMin = STEP_MIN[view]
  const dragging = useDragging({ chart, range, window, stepMin, limits, onChange: onWindow })
  const nodes = rows.filter((r) => r.kind === 'node')
  const links = rows.filter((r) => r.kind === 'link')
  const lengthMs = window.untilMs - window.fromMs

  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowLeft' ? -stepMin : event.key === 'ArrowRight' ? stepMin : 0
    if (event.key === 'Enter' && event.target === event.currentTarget) return onChoose()
    if (step === 0) return
    event.preventDefault()
    const by = step * MINUTE_MS
    if (event.shiftKey)
      return onWindow({ ...window, untilMs: Math.max(window.fromMs + stepMin * MINUTE_MS, window.untilMs + by) })
    const fromMs = Math.max(limits.fromMs, Math.min(limits.untilMs, window.fromMs + by))
    onWindow({ fromMs, untilMs: fromMs + lengthMs })
  }
  const laid = useMemo(
    () => layBookings(bookings, range, (BAR_WIDTH / width) * (range.untilMs - range.fromMs)),
    [bookings, range, width],
  )
  const group = (list: readonly Row[]) => list.map((row) => <LoadRow key={row.id} row={row} range={range} now={now} />)
  const names = (list: readonly Row[]) =>
    list.map((row) => (
      <Name key={row.id} title={`${row.name}: at most ${Math.round(row.peak * 100)} % taken`}>
        <span className={classes('font-mono text-2xs md:text-xs', !row.available && 'text-faint line-through')}>
          {row.name}
        </span>
        <span className="sr-only">
          {row.available ? '' : ', not available'}, at most {Math.round(row.peak * 100)} % taken
        </span>
      </Name>
    ))
  return (
    <div className="grid min-h-40 shrink grid-cols-[132px_minmax(0,1fr)] content-start overflow-y-auto rounded-lg border border-line md:grid-cols-[168px_minmax(0,1fr)]">
      <div className="sticky top-0 z-[6] h-11 border-r border-b border-line bg-panel" />
      <div className="sticky top-0 z-[6] border-b border-line bg-panel">
        <Hours days={days} range={range} width={width} />
      </div>
      <div className="border-r border-line bg-page">
        {asked && <Name title={asked.name}>{asked.name}</Name>}
        <Name tall={bookingsHeight(laid)}>Bookings</Name>
        <Group>Nodes</Group>
        {names(nodes)}
        {links.length > 0 && <Group>Links</Group>}
        {names(links)}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a chart that takes a dragged window is no form */}
      <div
        ref={chart}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the window is moved here by the arrow keys
        tabIndex={0}
        aria-label={`Calendar. Window: ${momentText(window.fromMs)} until ${momentText(window.untilMs)}. Arrow keys move it, with Shift they change its end, Enter takes it.`}
        className="relative min-w-0 cursor-crosshair touch-pan-y select-none bg-page focus-visible:outline-offset-[-2px]"
        onKeyDown={onKey}
        onPointerDown={dragging.onPointerDown}
        onPointerMove={dragging.onPointerMove}
        onPointerUp={dragging.onPointerUp}
        onPointerCancel={dragging.onPointerCancel}
      >
        {asked && <StartsRow starts={asked.starts} never={asked.never} range={range} now={now} />}
        <BookingBars laid={laid} range={range} now={now} />
        <div className="h-7 border-b border-line" />
        {group(nodes)}
        {links.length > 0 && <div className="h-7 border-b border-line" />}
        {group(links)}
        {days.map((day, i) =>
          i === 0 ? null : (
            <div
              key={day.window.fromMs}
              aria-hidden
              className="pointer-events-none absolute inset-y-0 w-px bg-line-strong"
              style={{ left: `${percentOf(range, day.window.fromMs)}%` }}
            />
          ),
        )}
        {limits.fromMs > range.fromMs && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-0 z-[1] bg-page/65"
            style={{ width: `${percentOf(range, limits.fromMs)}%` }}
          />
        )}
        {now.getTime() > range.fromMs && now.getTime() < range.untilMs && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0 z-[2] w-px bg-failed"
            style={{ left: `${percentOf(range, now.getTime())}%` }}
          />
        )}
        <Selection
          range={range}
          window={window}
          fits={fits}
          stepMs={stepMin * MINUTE_MS}
          limits={limits}
          onChange={onWindow}
          onHold={dragging.onHold}
        />
      </div>
    </div>
  )
}
