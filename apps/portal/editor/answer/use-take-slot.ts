'use client'
// One click takes an offered window: it becomes the plan and is booked; only a reason that is asked for has to be typed first.
import { requestOf } from '@myvini/core/embedding/request'
import { decideBooking } from '@myvini/core/reservation/policy'
import type { Window } from '@myvini/core/reservation/timeline'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { useUrlState } from '../../browser/url-state'
import { tell, tellProblem } from '../../components/toast'
import { useBook } from '../booking/use-book'
import { useShown, useWorkspace } from '../workspace-context'

export function useTakeSlot() {
  const { editor, slice, view } = useWorkspace()
  const trpc = useTRPC()
  const { data: policy } = useQuery(trpc.reservations.policy.queryOptions({ sliceId: slice.id }))
  const errors = useShown((s) => s.problems.some((p) => p.severity === 'error'))
  const [, setPanel] = useUrlState('panel')
  const { book, isPending } = useBook(() => setPanel(''), tellProblem)
  const take = async ({ fromMs, untilMs }: Window) => {
    const { plan } = view.get()
    const start = new Date(fromMs)
    const until = new Date(untilMs)
    view.set({ plan: { ...plan, window: { start, length: { until } } } })
    const asked = { request: requestOf(editor.topology), startsAtMs: fromMs, endsAtMs: untilMs, slicesInWindow: 0 }
    const decision = policy && decideBooking({ ...asked, reason: '' }, policy, Date.now())
    if (!decision?.ok || errors) {
      // Something has to be typed or mended first: the form says what.
      setPanel('book')
      if (decision && !decision.ok && decision.problem.code === 'booking.reason-missing')
        tell('The window is chosen', { description: 'Say in a few words what you need it for, then request it.' })
      return
    }
    await book({ startsAt: start, endsAt: until, placement: plan.placement, reason: '' })
  }
  return { take, isPending }
}
