'use client'
import { requestOf } from '@myvini/core/embedding/request'
import { type Booking, decideBooking, type Policy } from '@myvini/core/reservation/policy'
import { useQuery } from '@tanstack/react-query'
import { CalendarRange, X } from 'lucide-react'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { fieldError, isAtField, problemOf } from '../../browser/problem'
import { useNow, zoneName } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { useUrlState } from '../../browser/url-state'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { TextArea } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { Failed, Skeleton } from '../../components/page-states'
import { Choice } from '../../components/toggles'
import type { ToldProblem } from '../../told-problem'
import type { Plan } from '../answer/answer'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { EarliestSlots } from './earliest-slots'
import { Fits } from './fits'
import { useBook } from './use-book'
import { Uses } from './uses'
import { startedAt, windowOf } from './window'
import { WindowFields } from './window-fields'

const FIELDS = ['startsAt', 'endsAt', 'reason']

const PLACEMENTS = [
  { value: 'spread', label: 'Spread', title: 'Over many nodes, as a real network would be' },
  { value: 'pack', label: 'Close', title: 'As close together as it fits, to use the least bandwidth' },
  { value: 'distinct', label: 'Apart', title: 'Every host on a node of its own' },
] as const

function BookingForm({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const { editor, view } = useWorkspace()
  const now = useNow()
  const topology = useDeferredValue(useShown((s) => s.history.present))
  const errors = useShown((s) => s.problems.some((p) => p.severity === 'error'))
  const plan = useView((v) => v.plan)
  const answer = useView((v) => v.answer)
  const change = (patch: Partial<Plan>) => view.set({ plan: { ...view.get().plan, ...patch } })
  const draft = plan.window
  const [calendar, setCalendar] = useUrlState('calendar')
  const [reason, setReason] = useState('')
  const { startsAt, endsAt } = windowOf(draft, now)
  const request = useMemo(() => requestOf(topology), [topology])
  const booking: Booking = {
    request,
    startsAtMs: startsAt.getTime(),
    endsAtMs: endsAt.getTime(),
    reason,
    // How many others are booked then only the server knows; it asks again.
    slicesInWindow: 0,
  }
  // As if a reason were given: whether one is needed is shown apart.
  const decision = decideBooking({ ...booking, reason: 'given' }, policy, now.getTime())
  const needsReason =
    policy.reason === 'always' || (policy.reason === 'for-approval' && decision.ok && decision.value === 'queue')

  const { book, error, isPending } = useBook(onClose)
  const [tried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (needsReason && reason.trim() === '') return
    await book({ startsAt: draft.start, endsAt, reason: reason.trim(), placement: plan.placement })
  }
  const problem: ToldProblem | null = error ? problemOf(error) : decision.ok ? null : decision.problem
  const missing = tried && needsReason && reason.trim() === '' ? 'Say in a few words what you need it for.' : null
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-3">
        <WindowFields
          draft={draft}
          onChange={(window) => change({ window })}
          policy={policy}
          problem={problem}
          now={now}
        />
        <Button
          icon={<CalendarRange />}
          aria-pressed={calendar === '1'}
          onClick={() => setCalendar(calendar === '1' ? '' : '1')}
        >
          {calendar === '1' ? 'Back to the drawing' : 'Choose in the calendar'}
        </Button>
        <Field label="Hosts are placed" group>
          {(control) => (
            <Choice
              id={control.id}
              label="Hosts are placed"
              value={plan.placement}
              onChange={(placement) => change({ placement })}
              options={PLACEMENTS}
            />
          )}
        </Field>
        <Field
          label="Reason"
          aside={needsReason ? 'needed' : 'optional'}
          error={missing ?? fieldError(problem, 'reason')}
          help={
            needsReason
              ? policy.reason === 'always'
                ? 'The policy asks what each booking is for.'
                : 'An admin reads it when deciding.'
              : undefined
          }
        >
          {(control) => (
            <TextArea {...control} maxLength={500} value={reason} onChange={(e) => setReason(e.target.value)} />
          )}
        </Field>
        <Uses booking={booking} policy={policy} />
        {errors ? (
          <ProblemNote
            problem={{
              code: 'booking.drawing-has-errors',
              message: 'The drawing cannot be booked yet.',
              hint: 'Mend what the dock lists under Problems.',
            }}
          />
        ) : (
          <Fits answer={answer} />
        )}
        {answer.kind === 'later' && (
          <EarliestSlots
            slots={answer.slots}
            onPick={({ fromMs }) =>
              change({ window: startedAt(draft, new Date(fromMs), endsAt.getTime() - startsAt.getTime()) })
            }
          />
        )}
        {problem && !isAtField(problem, FIELDS) && <ProblemNote problem={problem} />}
      </div>
      <div className="flex flex-col gap-2 border-t border-line p-3">
        <p className="text-muted text-xs">
          {!decision.ok
            ? 'It cannot be booked as it is.'
            : decision.value === 'automatic'
              ? 'Within the policy: approved at once.'
              : 'Beyond what is approved at once: an admin decides.'}{' '}
          Times are in {zoneName()}.
        </p>
        <Button
          type="submit"
          variant="primary"
          busy={isPending}
          disabled={
            errors ||
            !decision.ok ||
            answer.kind === 'later' ||
            answer.kind === 'never' ||
            editor.topology.hosts.length === 0
          }
        >
          {decision.ok && decision.value === 'queue' ? 'Request' : 'Book'}
        </Button>
      </div>
    </form>
  )
}

/** Beside the drawing, which stays in view: when, how, what it takes, and whether it fits. */
export function BookingPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const { slice } = useWorkspace()
  const policy = useQuery(trpc.reservations.policy.queryOptions({ sliceId: slice.id }))
  const state = useView((v) => v.status?.state ?? 'draft')
  // Booked meanwhile, here or in another tab: the form has nothing left to ask.
  useEffect(() => {
    if (!['draft', 'ended', 'denied'].includes(state)) onClose()
  }, [state, onClose])
  if (!slice.mayChange) return null
  return (
    <aside
      aria-label="Book this slice"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
      className="fixed inset-0 z-30 flex flex-col bg-page md:static md:w-76 md:shrink-0 md:border-l md:border-line"
    >
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line pr-2 pl-3">
        <h2 className="font-semibold text-base">Book this slice</h2>
        <IconButton label="Close" onClick={onClose}>
          <X />
        </IconButton>
      </div>
      {policy.error ? (
        <Failed error={policy.error} retry={() => void policy.refetch()} />
      ) : policy.data ? (
        <BookingForm policy={policy.data} onClose={onClose} />
      ) : (
        <Skeleton className="m-3 h-40" />
      )}
    </aside>
  )
}
