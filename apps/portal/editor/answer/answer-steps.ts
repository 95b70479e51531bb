// In which order is the answer found? First whether it fits as asked, told at once; then, where it does not, the next windows
// in which it does. Core solves; this runs it in the browser between the frames of whoever draws.
import { embedSteps } from '@myvini/core/embedding/embed'
import type { Embedding } from '@myvini/core/embedding/embedding'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import { earliestSteps } from '@myvini/core/reservation/earliest'
import type { Window } from '@myvini/core/reservation/timeline'
import { inSlices } from '../../browser/in-slices'
import type { Answer, Placement } from './answer'
import type { Outlook } from './use-outlook'

const DAY_MS = 24 * 3_600_000
const SEED = 1
/** How many windows are offered. */
const SLOTS = 3

export interface Question {
  outlook: Pick<Outlook, 'substrate' | 'timeline' | 'policy'>
  request: EmbeddingRequest
  placement: Placement
  window: Window
  /** No window is offered that starts later than this. */
  latestStartMs: number
}

export const latestStart = (outlook: Pick<Outlook, 'policy'>, nowMs: number): number =>
  nowMs + outlook.policy.bookAheadDays * DAY_MS

const fits = (window: Window, embedding: Embedding): Answer => ({
  kind: 'fits',
  window,
  embedding,
  nodes: new Set(embedding.nodes.values()).size,
})

/** Tells each answer as it is known; the last one is whole. */
export async function answerInSlices(q: Question, signal: AbortSignal, tell: (answer: Answer) => void): Promise<void> {
  const { outlook, request, placement, window } = q
  const { substrate, timeline } = outlook
  const options = { placement, seed: SEED }
  let found = false
  const solved = await inSlices(
    embedSteps(substrate, timeline.usageWithin(window), request, options),
    signal,
    (latest) => {
      const embedding = found ? null : latest.found()
      if (!embedding) return
      found = true
      tell(fits(window, embedding))
    },
  )
  if (!solved) return
  if (solved.ok) return tell(fits(window, solved.value))
  const { problem } = solved
  if (problem.when === 'never') return tell({ kind: 'never', window, problem })
  tell({ kind: 'later', window, problem, slots: null })
  const slots = await inSlices(
    earliestSteps({
      substrate,
      timeline,
      request,
      options: { ...options, explain: 'brief' },
      lengthMs: window.untilMs - window.fromMs,
      fromMs: window.fromMs,
      latestStartMs: q.latestStartMs,
      count: SLOTS,
    }),
    signal,
    () => undefined,
  )
  if (slots) tell({ kind: 'later', window, problem, slots: slots.ok ? slots.value.map((slot) => slot.window) : [] })
}
