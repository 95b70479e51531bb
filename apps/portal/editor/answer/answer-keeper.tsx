'use client'
// Keeps the answer to what is drawn, whoever looks at it: the words beside the canvas, the booking form, the map.
import { requestOf } from '@myvini/core/embedding/request'
import { decideBooking } from '@myvini/core/reservation/policy'
import { isOver } from '@myvini/core/reservation/state'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useWatched } from '../../browser/store'
import { useNow } from '../../browser/time'
import { windowOf } from '../booking/window'
import { useView, useWorkspace } from '../workspace-context'
import { type Answer, problemIn } from './answer'
import { answerInSlices, latestStart } from './answer-steps'
import { useOutlook } from './use-outlook'
import { useSame } from './use-same'

const NONE: Answer = { kind: 'none' }
const NOBODY: ReadonlySet<string> = new Set()

/** When the drawing last changed, for the time from an edit to its answer: `performance.getEntriesByName('myvini.answer')`. */
function measured(changedAtMs: number) {
  performance.measure('myvini.answer', { start: changedAtMs, end: performance.now() })
}

/** A window that was chosen on the calendar comes in the address; it is taken once. */
function useWindowFromAddress() {
  const { view } = useWorkspace()
  useEffect(() => {
    const url = new URL(window.location.href)
    const [from, until] = ['from', 'until'].map((key) => new Date(url.searchParams.get(key) ?? Number.NaN))
    if (!from || !until || !(from < until)) return
    view.set({ plan: { ...view.get().plan, window: { start: from, length: { until } } } })
    url.searchParams.delete('from')
    url.searchParams.delete('until')
    window.history.replaceState(null, '', url)
  }, [view])
}

export function AnswerKeeper() {
  useWindowFromAddress()
  const { slice, editor, view } = useWorkspace()
  const now = useNow()
  const drawn = useWatched(editor, (s) => s.history.present)
  const topology = useDeferredValue(drawn)
  const plan = useView((v) => v.plan)
  const state = useView((v) => v.status?.state ?? 'draft')
  const asked = slice.mayChange && (state === 'draft' || isOver(state)) && topology.hosts.length > 0
  const { outlook, error, retry } = useOutlook(now, { enabled: asked, sliceId: slice.id })
  const request = useSame(useMemo(() => requestOf(topology), [topology]))
  const { startsAt, endsAt } = windowOf(plan.window, now)
  const [fromMs, untilMs] = [startsAt.getTime(), endsAt.getTime()]
  const [tries, setTries] = useState(0)

  const changedAt = useRef(0)
  useEffect(() => {
    // The effect of a change comes with the frame that shows it.
    if (drawn) changedAt.current = performance.now()
  }, [drawn])

  // As if a reason were given: whether one is needed the form asks. How many others are booked only the server knows.
  const decision = useSame(
    outlook
      ? decideBooking(
          { request, startsAtMs: fromMs, endsAtMs: untilMs, reason: 'given', slicesInWindow: 0 },
          outlook.policy,
          now.getTime(),
        )
      : null,
  )
  const latestStartMs = outlook ? latestStart(outlook, Math.floor(now.getTime() / 60_000) * 60_000) : 0

  useEffect(() => {
    if (!asked) return view.set({ answer: NONE, answering: false })
    if (error) return view.set({ answer: { kind: 'unknown', error, retry }, answering: false })
    if (!outlook || !decision) return view.set({ answer: { kind: 'asking' } })
    if (!decision.ok) return view.set({ answer: { kind: 'refused', problem: decision.problem }, answering: false })
    const stopped = new AbortController()
    const question = { outlook, request, placement: plan.placement, window: { fromMs, untilMs }, latestStartMs }
    let first = true
    view.set({ answering: true })
    answerInSlices(question, stopped.signal, (answer) => {
      if (first) measured(changedAt.current)
      first = false
      view.set({ answer, answering: answer.kind === 'later' && answer.slots === null })
    }).then(
      () => {
        if (!stopped.signal.aborted) view.set({ answering: false })
      },
      (reason: unknown) =>
        view.set({
          answer: { kind: 'unknown', error: reason, retry: () => setTries((n) => n + 1) },
          answering: false,
        }),
    )
    return () => stopped.abort()
    // latestStartMs moves with the clock, and alone is no new question.
  }, [asked, error, outlook, decision, request, plan.placement, fromMs, untilMs, tries, view])

  // What stands in the way is seen on the canvas as long as it does.
  const parts = useView((v) => problemIn(v.answer)?.parts ?? null)
  useEffect(() => {
    view.set({ blamed: parts ? new Set(parts) : NOBODY })
    return () => view.set({ blamed: NOBODY })
  }, [parts, view])
  return null
}
