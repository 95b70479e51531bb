'use client'
import { useQuery } from '@tanstack/react-query'
import { clockTime, secondTime } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { Failed, Skeleton } from '../../components/page-states'
import { type Tone, ToneMark } from '../../components/state-pill'
import { At, ShortTime } from '../../components/when'
import type { ApiOutput } from '../../server/routers/types'
import { useWorkspace } from '../workspace-context'

const TONE: Record<string, Tone> = {
  running: 'running',
  started: 'changing',
  admitted: 'waiting',
  requested: 'waiting',
  approved: 'waiting',
  scheduled: 'waiting',
  ending: 'changing',
  denied: 'failed',
  degraded: 'failed',
  hurt: 'failed',
  moved: 'changing',
  extended: 'running',
  failed: 'failed',
}

const INK: Record<Tone, string> = {
  running: 'text-running',
  changing: 'text-changing-line',
  failed: 'text-failed',
  waiting: 'text-waiting',
  neutral: 'text-faint',
}

type Drift = ApiOutput['slices']['drift'][number]
type Event = ApiOutput['slices']['events'][number]

/** What a node put right, and how often; a click leads to the thing. */
function DriftLine({ drift }: { drift: Drift }) {
  const { focusOn } = useWorkspace()
  const { subject, message, node, times, firstAt, lastAt } = drift
  const text = (
    <>
      {message}
      <span className="text-muted">
        , at <At at={lastAt} text={secondTime(lastAt)} /> on{' '}
        <span className="whitespace-nowrap font-mono">{node.name}</span>
        {times > 1 && (
          <>
            , <strong className="font-medium text-ink">{times} times</strong> since{' '}
            <At at={firstAt} text={clockTime(firstAt)} />
          </>
        )}
        .
      </span>
    </>
  )
  return subject ? (
    <button
      type="button"
      onClick={() => focusOn(subject)}
      title="Show it in the drawing"
      className="min-w-0 rounded-sm text-left hover:underline"
    >
      {text}
    </button>
  ) : (
    <span className="min-w-0">{text}</span>
  )
}

/** Both lists come newest first, and stay so. */
function inOrder(events: readonly Event[], drift: readonly Drift[]) {
  return [
    ...events.map((event) => ({ key: `e${event.id}`, at: event.at, tone: TONE[event.kind] ?? 'neutral', event })),
    ...drift.map((d) => ({ key: `d${d.id}`, at: d.lastAt, tone: 'changing' as const, drift: d })),
  ].toSorted((a, b) => b.at.getTime() - a.at.getTime())
}

/** What happened to the slice and what was put right of it, newest first. */
export function EventsPanel({ sliceId }: { sliceId: string }) {
  const trpc = useTRPC()
  const events = useQuery(trpc.slices.events.queryOptions({ sliceId }))
  const drift = useQuery(trpc.slices.drift.queryOptions({ sliceId }))
  if (events.error) return <Failed error={events.error} retry={() => void events.refetch()} />
  if (drift.error) return <Failed error={drift.error} retry={() => void drift.refetch()} />
  if (!events.data || !drift.data) return <Skeleton className="m-3 h-4 w-72" />
  const lines = inOrder(events.data, drift.data)
  if (lines.length === 0) return <p className="p-4 text-faint text-sm">Nothing has happened yet.</p>
  return (
    <ol aria-label="Events" className="py-1 text-sm">
      {lines.map((line) => (
        <li key={line.key} className="flex items-baseline gap-3 px-3 py-1">
          <span className="w-32 shrink-0 text-faint text-xs tabular">
            <ShortTime at={line.at} />
          </span>
          <span className={INK[line.tone]}>
            <ToneMark tone={line.tone} />
          </span>
          {'event' in line ? <span className="min-w-0">{line.event.message}</span> : <DriftLine drift={line.drift} />}
        </li>
      ))}
    </ol>
  )
}
