'use client'
// Does it fit in the window that is chosen on the calendar?
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import { decideBooking } from '@myvini/core/reservation/policy'
import type { Window } from '@myvini/core/reservation/timeline'
import { useEffect, useState } from 'react'
import type { Answer } from '../editor/answer/answer'
import { answerInSlices, latestStart } from '../editor/answer/answer-steps'
import type { Outlook } from '../editor/answer/use-outlook'

export function useWindowAnswer(
  outlook: Outlook | null,
  request: EmbeddingRequest | null,
  { fromMs, untilMs }: Window,
): Answer {
  const [answer, setAnswer] = useState<Answer>({ kind: 'none' })
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (!outlook || !request || request.nodes.length === 0 || tries < 0) return setAnswer({ kind: 'none' })
    const nowMs = Date.now()
    const decision = decideBooking(
      { request, startsAtMs: Math.max(fromMs, nowMs - 60_000), endsAtMs: untilMs, reason: 'given', slicesInWindow: 0 },
      outlook.policy,
      nowMs,
    )
    if (!decision.ok) return setAnswer({ kind: 'refused', problem: decision.problem })
    const stopped = new AbortController()
    const question = { outlook, request, placement: 'spread', window: { fromMs, untilMs } } as const
    answerInSlices({ ...question, latestStartMs: latestStart(outlook, nowMs) }, stopped.signal, setAnswer).catch(
      (error: unknown) => setAnswer({ kind: 'unknown', error, retry: () => setTries((n) => n + 1) }),
    )
    return () => stopped.abort()
  }, [outlook, request, fromMs, untilMs, tries])
  return answer
}
