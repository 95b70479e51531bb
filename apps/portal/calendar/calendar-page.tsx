'use client'
// The calendar by itself: how full the substrate is, and when one of my slices would fit.
import { requestOf } from '@myvini/core/embedding/request'
import { isOver } from '@myvini/core/reservation/state'
import type { Window } from '@myvini/core/reservation/timeline'
import { useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useMemo, useState } from 'react'
import { useHydrated, useNow } from '../browser/time'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { Select } from '../components/input'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { useOutlook } from '../editor/answer/use-outlook'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { CalendarView } from './calendar-view'
import { useWindowAnswer } from './use-window-answer'

const HOUR_MS = 3_600_000
const HALF_MS = HOUR_MS / 2

function SliceChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const trpc = useTRPC()
  const slices = useQuery(trpc.slices.list.queryOptions({ scope: 'mine' }))
  const bookable = slices.data?.filter((s) => s.mayChange && (s.state === 'draft' || isOver(s.state)))
  return (
    <label htmlFor="calendar-slice" className="flex items-center gap-2 text-sm">
      <span className="text-muted">When fits</span>
      <Select id="calendar-slice" className="!w-52" value={value} onChange={(e) => onChange(e.target.value)}>
        <option value="">no slice</option>
        {bookable?.map((slice) => (
          <option key={slice.id} value={slice.id}>
            {slice.name}
          </option>
        ))}
      </Select>
    </label>
  )
}

function CalendarHere() {
  const trpc = useTRPC()
  const router = useRouter()
  const now = useNow()
  const [sliceId, setSliceId] = useUrlState('slice')
  const { outlook, changing, error, retry } = useOutlook(now, sliceId === '' ? {} : { sliceId })
  const opened = useQuery(trpc.topology.open.queryOptions({ sliceId }, { enabled: sliceId !== '' }))
  const request = useMemo(
    () => (sliceId !== '' && !changing && opened.data ? requestOf(opened.data.topology) : null),
    [sliceId, changing, opened.data],
  )
  const [window, setWindow] = useState<Window>(() => {
    const fromMs = Math.ceil(now.getTime() / HALF_MS) * HALF_MS
    return { fromMs, untilMs: fromMs + 2 * HOUR_MS }
  })
  const answer = useWindowAnswer(outlook, request, window)
  if (error) return <Failed error={error} retry={retry} />
  if (!outlook) return <Skeleton className="h-96" />
  if (outlook.substrate.nodes.length === 0)
    return (
      <Empty icon={<Server />} title="There is no substrate yet">
        Once an admin has added a server, it is seen here how much of it is taken when.
      </Empty>
    )
  const slice = opened.data?.slice
  const book = () => {
    if (slice?.mayChange) router.push(pathTo.slice(slice.id, { panel: 'book', ...windowQuery(window) }))
  }
  return (
    <CalendarView
      outlook={outlook}
      asked={request && slice ? { name: slice.name, request, placement: 'spread' } : null}
      answer={answer}
      window={window}
      onWindow={setWindow}
      onChoose={book}
      lead={<SliceChoice value={sliceId} onChange={setSliceId} />}
      actions={
        slice?.mayChange ? (
          <Button size="small" variant="primary" onClick={book}>
            Book {slice.name} then…
          </Button>
        ) : (
          <span className="text-faint text-xs">Choose a slice to see when it fits.</span>
        )
      }
    />
  )
}

const windowQuery = ({ fromMs, untilMs }: Window) => ({
  from: new Date(fromMs).toISOString(),
  until: new Date(untilMs).toISOString(),
})

export function CalendarPage() {
  const hydrated = useHydrated()
  return (
    <>
      <TopBar crumbs={[{ label: 'Calendar' }]} />
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4 pt-4 pb-4 md:px-6">
        <header className="mb-3">
          <h1 className="text-xl">Calendar</h1>
          <p className="mt-0.5 text-muted text-sm">
            How much of each node and link is taken when. Drag over it to choose a window.
          </p>
        </header>
        {/* Days are those of the person's zone, which only the browser knows. */}
        {hydrated ? <CalendarHere /> : <Skeleton className="h-96" />}
      </div>
    </>
  )
}
