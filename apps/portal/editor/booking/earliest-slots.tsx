'use client'
import { requestOf } from '@myvini/core/embedding/request'
import { earliestSteps } from '@myvini/core/reservation/earliest'
import { Timeline } from '@myvini/core/reservation/timeline'
import type { Topology } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { inSlices } from '../../browser/in-slices'
import { shortWindow } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { useSame } from './use-fit'

const COUNT = 3

interface EarliestSlotsProps {
  topology: Topology
  startsAt: Date
  lengthMs: number
  /** No later than this, by the policy. */
  latest: Date
  placement: 'spread' | 'pack' | 'distinct'
  now: Date
  onPick: (start: Date) => void
}

/** Shown where a window is full: the next ones in which all of it fits, each one click away. */
export function EarliestSlots({ topology, startsAt, lengthMs, latest, placement, now, onPick }: EarliestSlotsProps) {
  const trpc = useTRPC()
  const until = new Date(latest.getTime() + lengthMs)
  const { data } = useQuery(trpc.substrate.claims.queryOptions({ from: startsAt, until }))
  const request = useSame(useMemo(() => requestOf(topology), [topology]))
  const [starts, setStarts] = useState<readonly Date[] | null>(null)
  const [fromMs, latestStartMs] = [startsAt.getTime(), latest.getTime()]

  useEffect(() => {
    setStarts(null)
    if (!data) return
    const asked = new AbortController()
    const steps = earliestSteps({
      substrate: data.substrate,
      timeline: new Timeline(data.claims),
      request,
      options: { placement, seed: 1 },
      lengthMs,
      fromMs,
      latestStartMs,
      count: COUNT,
    })
    inSlices(steps, asked.signal, () => undefined).then(
      (found) => {
        if (found) setStarts(found.ok ? found.value.map((slot) => new Date(slot.window.fromMs)) : [])
      },
      // The panel itself says why it does not fit; without suggestions it is still whole.
      (reason: unknown) => reportError(reason),
    )
    return () => asked.abort()
  }, [data, request, placement, lengthMs, fromMs, latestStartMs])

  if (starts === null)
    return (
      <p role="status" className="text-muted text-sm">
        Looking for the next window in which it fits
      </p>
    )
  if (starts.length === 0)
    return <p className="text-muted text-sm">There is no window in which it fits, as far ahead as may be booked.</p>
  return (
    <section aria-label="Windows in which it fits">
      <h3 className="mb-1 font-medium text-sm">It fits</h3>
      <ul className="flex flex-col gap-1">
        {starts.map((start) => (
          <li key={start.getTime()}>
            <button
              type="button"
              onClick={() => onPick(start)}
              className="flex w-full items-center gap-2 rounded-md border border-line px-2 py-1.5 text-left text-sm hover:border-line-strong hover:bg-hover"
            >
              <CalendarClock className="size-4 shrink-0 text-muted" aria-hidden />
              {shortWindow(start, new Date(start.getTime() + lengthMs), now)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
