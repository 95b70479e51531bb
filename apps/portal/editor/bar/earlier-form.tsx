'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { problemOf } from '../../browser/problem'
import { duration, shortTime, useNow } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { DateTimeField } from '../../components/date-time-field'
import { ProblemNote } from '../../components/notices'
import { tell } from '../../components/toast'
import { useWorkspace } from '../workspace-context'

const MINUTE_MS = 60_000
/** What people give back, counted from now or from the start of what has not begun. */
const KEPT_MS = [15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS)

interface EarlierFormProps {
  reservationId: string
  startsAt: Date
  endsAt: Date
  onDone: () => void
}

/** Time that is no longer needed is given back: others may book it at once. Undone by extending, while nobody has. */
export function EarlierForm({ reservationId, startsAt, endsAt, onDone }: EarlierFormProps) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const now = useNow()
  const [until, setUntil] = useState<Date | null>(null)
  const shorten = useMutation(
    trpc.reservations.endEarlier.mutationOptions({
      meta: { told: true },
      onSuccess: ({ endsAt: then }) => {
        void queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
        tell(`Ends ${shortTime(then, new Date())}`)
        onDone()
      },
    }),
  )
  const from = new Date(Math.max(now.getTime(), startsAt.getTime()))
  // A minute more than the least, so that what is offered is still allowed when it is pressed.
  const earliest = new Date(from.getTime() + 2 * MINUTE_MS)
  if (endsAt <= earliest) return null
  const kept = KEPT_MS.filter((ms) => from.getTime() + ms < endsAt.getTime())
  const go = (end: Date) => shorten.mutate({ reservationId, endsAt: end })
  return (
    <section aria-label="End earlier" className="flex flex-col gap-2 border-line border-t pt-3">
      <p>
        Done sooner? <span className="text-muted">What you give back is free for others at once.</span>
      </p>
      {kept.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {kept.map((ms) => (
            <Button
              key={ms}
              size="small"
              disabled={shorten.isPending}
              onClick={() => go(new Date(Math.max(Date.now(), startsAt.getTime()) + ms))}
            >
              {startsAt > now ? `Only ${duration(ms)}` : `In ${duration(ms)}`}
            </Button>
          ))}
        </div>
      )}
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <DateTimeField
            id="earlier-until"
            label="Earlier end"
            value={until ?? endsAt}
            earliest={earliest}
            latest={endsAt}
            onChange={setUntil}
          />
        </div>
        <Button
          size="small"
          busy={shorten.isPending}
          disabled={until === null || until >= endsAt}
          onClick={() => until && go(until)}
        >
          End earlier
        </Button>
      </div>
      {shorten.error && <ProblemNote problem={problemOf(shorten.error)} />}
    </section>
  )
}
