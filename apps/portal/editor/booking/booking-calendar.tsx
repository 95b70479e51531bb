'use client'
// The calendar over the canvas while a slice is booked: the window that is dragged here is the one in the form.
import { requestOf } from '@myvini/core/embedding/request'
import { useMemo } from 'react'
import { useNow } from '../../browser/time'
import { CalendarView } from '../../calendar/calendar-view'
import { Button } from '../../components/button'
import { Failed, Skeleton } from '../../components/page-states'
import { useOutlook } from '../answer/use-outlook'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { windowOf } from './window'

export function BookingCalendar({ onClose }: { onClose: () => void }) {
  const { slice, view } = useWorkspace()
  const now = useNow()
  const topology = useShown((s) => s.history.present)
  const plan = useView((v) => v.plan)
  const answer = useView((v) => v.answer)
  const { outlook, error, retry } = useOutlook(now, { sliceId: slice.id })
  const request = useMemo(() => requestOf(topology), [topology])
  const { startsAt, endsAt } = windowOf(plan.window, now)
  return (
    <section
      aria-label="Calendar"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
      className="absolute inset-0 z-20 flex flex-col bg-page p-3"
    >
      {error ? (
        <Failed error={error} retry={retry} />
      ) : outlook ? (
        <CalendarView
          outlook={outlook}
          asked={{ name: slice.name, request, placement: plan.placement }}
          answer={answer}
          window={{ fromMs: startsAt.getTime(), untilMs: endsAt.getTime() }}
          onWindow={({ fromMs, untilMs }) =>
            view.set({
              plan: { ...view.get().plan, window: { start: new Date(fromMs), length: { until: new Date(untilMs) } } },
            })
          }
          onChoose={onClose}
          actions={
            <Button size="small" onClick={onClose}>
              Done
            </Button>
          }
        />
      ) : (
        <Skeleton className="h-full" />
      )}
    </section>
  )
}
