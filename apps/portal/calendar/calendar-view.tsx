'use client'
// The calendar of the substrate with its tools: which days are seen, which window is chosen, and whether it fits then.
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { Window } from '@myvini/core/reservation/timeline'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { duration, shortWindow, useNow } from '../browser/time'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button, IconButton } from '../components/button'
import { Failed } from '../components/page-states'
import { Choice } from '../components/toggles'
import { type Answer, headlineOf, type Placement, problemIn } from '../editor/answer/answer'
import { latestStart } from '../editor/answer/answer-steps'
import type { Outlook } from '../editor/answer/use-outlook'
import { useCommands } from '../frame/commands'
import { CalendarChart } from './calendar-chart'
import { rowsOf } from './runs'
import { addDays, dayFrom, daysFrom, dayText, startOfDay, VIEWS, type View, zoneText } from './time-axis'
import { useStarts } from './use-starts'

export interface CalendarViewProps {
  outlook: Outlook
  /** What is asked about: a drawing by its name. */
  asked: { name: string; request: EmbeddingRequest; placement: Placement } | null
  answer: Answer
  window: Window
  onWindow: (window: Window) => void
  /** The next thing to do with the window: beside its words. */
  actions: ReactNode
  onChoose: () => void
  /** At the left of the tools. */
  lead?: ReactNode
}

const DAY_MS = 24 * 3_600_000

const VIEW_OPTIONS = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'fortnight', label: '2 weeks' },
] as const

const FIT_TINT: Partial<Record<Answer['kind'], string>> = {
  fits: 'text-running',
  later: 'text-failed',
  never: 'text-failed',
  refused: 'text-failed',
}

function useDays() {
  const now = useNow()
  const [viewText, setView] = useUrlState('view', 'week')
  const view: View = viewText in VIEWS ? (viewText as View) : 'week' // one of its keys, by the check before
  const today = startOfDay(now).getTime()
  const [dayParam, setDay] = useUrlState('day')
  const first = dayFrom(dayParam)?.getTime() ?? today
  const days = useMemo(() => daysFrom(new Date(first), view), [first, view])
  const go = (count: number) => {
    const day = addDays(new Date(first), count)
    setDay(startOfDay(day).getTime() === today ? '' : dayText(day))
  }
  return { now, view, setView, days, go, today: () => setDay(''), show: (ms: number) => setDay(dayText(new Date(ms))) }
}

export function CalendarView(props: CalendarViewProps) {
  const { outlook, asked, answer, window, onWindow, actions, onChoose, lead } = props
  const trpc = useTRPC()
  const { now, view, setView, days, go, today, show } = useDays()
  const first = days[0]?.window.fromMs ?? 0
  const last = days.at(-1)?.window.untilMs ?? 1
  const range = useMemo(() => ({ fromMs: first, untilMs: last }), [first, last])
  const bookings = useQuery(
    trpc.calendar.bookings.queryOptions(
      { from: new Date(first), until: new Date(last) },
      { placeholderData: keepPreviousData },
    ),
  )
  const rows = useMemo(() => rowsOf(outlook, range), [outlook, range])
  const minute = Math.floor(now.getTime() / 60_000) * 60_000
  const limits = useMemo(
    () => ({
      fromMs: minute,
      untilMs: latestStart(outlook, minute) + outlook.policy.most.windowHours * 3_600_000,
    }),
    [minute, outlook],
  )
  const lengthMs = window.untilMs - window.fromMs
  const starts = useStarts({
    outlook,
    request: asked?.request ?? null,
    placement: asked?.placement ?? 'spread',
    lengthMs,
    range: useMemo(() => ({ fromMs: Math.max(first, minute - 60_000), untilMs: last }), [first, last, minute]),
  })
  const move = (next: Window) => {
    onWindow(next)
    if (next.fromMs < range.fromMs || next.fromMs >= range.untilMs) show(next.fromMs)
  }
  useCommands('Calendar', [
    { label: 'Earlier days', keys: '[', run: () => go(-VIEWS[view]) },
    { label: 'Later days', keys: ']', run: () => go(VIEWS[view]) },
    { label: 'Today', keys: 'T', run: today },
    { label: 'One day', keys: '1', run: () => setView('day') },
    { label: 'One week', keys: '7', run: () => setView('week') },
    { label: 'Two weeks', keys: '2', run: () => setView('fortnight') },
  ])
  const slots = answer.kind === 'later' ? answer.slots : null
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {lead}
        <div className="w-52">
          <Choice label="How many days" value={view} onChange={setView} options={VIEW_OPTIONS} />
        </div>
        <div className="flex items-center">
          <IconButton
            label="Earlier days"
            onClick={() => go(-VIEWS[view])}
            disabled={first <= now.getTime() - 30 * DAY_MS}
          >
            <ChevronLeft />
          </IconButton>
          <Button size="small" onClick={today}>
            Today
          </Button>
          <IconButton label="Later days" onClick={() => go(VIEWS[view])} disabled={last > limits.untilMs}>
            <ChevronRight />
          </IconButton>
        </div>
        <p className="ml-auto text-faint text-xs">Times in {zoneText(range)}</p>
      </div>
      {bookings.error && <Failed error={bookings.error} retry={() => void bookings.refetch()} />}
      <CalendarChart
        view={view}
        days={days}
        rows={rows}
        bookings={bookings.data ?? []}
        asked={asked && { name: `Fits for ${duration(lengthMs)}`, starts, never: answer.kind === 'never' }}
        window={window}
        fits={
          answer.kind === 'none' || answer.kind === 'asking' || answer.kind === 'unknown'
            ? null
            : answer.kind === 'fits'
        }
        limits={limits}
        now={now}
        onWindow={move}
        onChoose={onChoose}
      />
      <section aria-label="The chosen window" className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 text-sm">
        <p className="font-medium tabular">
          {shortWindow(new Date(window.fromMs), new Date(window.untilMs), now)}
          <span className="font-normal text-muted"> · {duration(lengthMs)}</span>
        </p>
        {asked && (
          <p role="status" className={`font-medium ${FIT_TINT[answer.kind] ?? 'text-muted'}`}>
            {answer.kind === 'later' ? 'Does not fit then' : headlineOf(answer, now)}
          </p>
        )}
        <p className="min-w-0 flex-1 basis-60 truncate text-muted" title={problemIn(answer)?.message}>
          {answer.kind === 'refused' ? answer.problem.message : problemIn(answer)?.message}
        </p>
        {slots?.map((slot) => (
          <Button key={slot.fromMs} size="small" onClick={() => move(slot)}>
            {shortWindow(new Date(slot.fromMs), new Date(slot.untilMs), now)}
          </Button>
        ))}
        {actions}
      </section>
    </div>
  )
}
