'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { Failed, Skeleton } from '../../components/page-states'
import { type Tone, ToneMark } from '../../components/state-pill'
import { ShortTime } from '../../components/when'

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

/** What happened to the slice, newest first. */
export function EventsPanel({ sliceId }: { sliceId: string }) {
  const trpc = useTRPC()
  const events = useQuery(trpc.slices.events.queryOptions({ sliceId }))
  if (events.error) return <Failed error={events.error} retry={() => void events.refetch()} />
  if (!events.data) return <Skeleton className="m-3 h-4 w-72" />
  if (events.data.length === 0) return <p className="p-4 text-faint text-sm">Nothing has happened yet.</p>
  return (
    <ol aria-label="Events" className="py-1 text-sm">
      {events.data.map((event) => {
        const tone = TONE[event.kind] ?? 'neutral'
        return (
          <li key={event.id} className="flex items-baseline gap-3 px-3 py-1">
            <span className="w-32 shrink-0 text-faint text-xs tabular">
              <ShortTime at={event.at} />
            </span>
            <span className={INK[tone]}>
              <ToneMark tone={tone} />
            </span>
            <span className="min-w-0">{event.message}</span>
          </li>
        )
      })}
    </ol>
  )
}
