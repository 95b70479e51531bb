'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AlarmClockPlus } from 'lucide-react'
import { useState } from 'react'
import { problemOf } from '../../browser/problem'
import { duration, shortTime, useNow, zoneName } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { DateTimeField } from '../../components/date-time-field'
import { ProblemNote } from '../../components/notices'
import { Failed, Skeleton } from '../../components/page-states'
import { Popover } from '../../components/popover'
import { tell } from '../../components/toast'
import { useWorkspace } from '../workspace-context'
import { EarlierForm } from './earlier-form'

const MINUTE_MS = 60_000
const STEPS_MS = [30, 60, 120, 240].map((minutes) => minutes * MINUTE_MS)

interface ExtendFormProps {
  reservationId: string
  startsAt: Date
  endsAt: Date
  onDone: () => void
}

function ExtendForm({ reservationId, startsAt, endsAt, onDone }: ExtendFormProps) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const now = useNow()
  const possible = useQuery(trpc.reservations.extension.queryOptions({ reservationId }, { staleTime: 0 }))
  const [until, setUntil] = useState<Date | null>(null)
  const extend = useMutation(
    trpc.reservations.extend.mutationOptions({
      meta: { told: true },
      onSuccess: ({ endsAt: then }) => {
        void queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
        tell(`Runs until ${shortTime(then, new Date())}`)
        onDone()
      },
      onError: () => void possible.refetch(),
    }),
  )
  if (possible.error) return <Failed error={possible.error} retry={() => void possible.refetch()} />
  if (!possible.data) return <Skeleton className="h-24 w-64" />
  const { latestEndsAt, because } = possible.data
  const room = latestEndsAt.getTime() - endsAt.getTime()
  const steps = STEPS_MS.filter((ms) => ms <= room)
  const go = (ms: number) => extend.mutate({ reservationId, endsAt: new Date(ms) })
  return (
    <div className="flex w-64 flex-col gap-3 text-sm">
      <p>
        {room >= MINUTE_MS ? (
          <>
            Ends {shortTime(endsAt, now)}. It can go on until{' '}
            <strong className="font-medium">{shortTime(latestEndsAt, now)}</strong>.
          </>
        ) : (
          <>Ends {shortTime(endsAt, now)}, and cannot go on.</>
        )}{' '}
        <span className="text-muted">{because}</span>
      </p>
      {room >= MINUTE_MS && (
        <div className="flex flex-wrap gap-1.5">
          {steps.map((ms) => (
            <Button key={ms} size="small" disabled={extend.isPending} onClick={() => go(endsAt.getTime() + ms)}>
              + {duration(ms)}
            </Button>
          ))}
          {!steps.includes(room) && (
            <Button size="small" disabled={extend.isPending} onClick={() => go(latestEndsAt.getTime())}>
              Until {shortTime(latestEndsAt, now)}
            </Button>
          )}
        </div>
      )}
      {steps.length > 0 && (
        <div className="flex items-center gap-2">
          <div className="min-w-0 flex-1">
            <DateTimeField
              id="extend-until"
              label="New end"
              value={until ?? latestEndsAt}
              earliest={endsAt}
              latest={latestEndsAt}
              onChange={setUntil}
            />
          </div>
          <Button
            size="small"
            busy={extend.isPending}
            disabled={until === null || until <= endsAt}
            onClick={() => until && go(until.getTime())}
          >
            Extend
          </Button>
        </div>
      )}
      {extend.error && <ProblemNote problem={problemOf(extend.error)} />}
      <EarlierForm reservationId={reservationId} startsAt={startsAt} endsAt={endsAt} onDone={onDone} />
      <p className="text-faint text-xs">Times are in {zoneName()}.</p>
    </div>
  )
}

/** More time for what runs or is scheduled, where it is; or less. */
export function ExtendButton({ reservationId, startsAt, endsAt }: Omit<ExtendFormProps, 'onDone'>) {
  const [open, setOpen] = useState(false)
  return (
    <Popover
      label="More time, or less"
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" icon={<AlarmClockPlus />}>
          Extend
        </Button>
      }
    >
      <ExtendForm reservationId={reservationId} startsAt={startsAt} endsAt={endsAt} onDone={() => setOpen(false)} />
    </Popover>
  )
}
