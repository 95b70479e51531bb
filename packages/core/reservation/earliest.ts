// When does it fit? The earliest start from a moment on, at which the whole request holds for the whole length.
import { embedSteps } from '../embedding/embed'
import type { Embedding, EmbeddingOptions, EmbeddingProblem } from '../embedding/embedding'
import type { EmbeddingRequest } from '../embedding/request'
import { fail, ok, type Result } from '../result'
import type { Substrate } from '../substrate/substrate'
import { NOTHING_USED } from '../substrate/usage'
import type { Timeline, Window } from './timeline'

export interface Slot {
  window: Window
  embedding: Embedding
}

export interface EarliestQuestion {
  substrate: Substrate
  timeline: Timeline
  request: EmbeddingRequest
  options: EmbeddingOptions
  lengthMs: number
  /** No start before this, and none after `latestStartMs`. */
  fromMs: number
  latestStartMs: number
  /** At most so many slots, each starting after the one before has begun to differ. */
  count: number
}

/**
 * Starts worth trying are the first possible one and every later instant at which something is given back: between two
 * of these, waiting only ever loses. The reason of a failure is that of the first try.
 */
export function* earliestSteps(question: EarliestQuestion): Generator<void, Result<Slot[], EmbeddingProblem>> {
  const { substrate, timeline, request, options, lengthMs, fromMs, latestStartMs, count } = question
  const never = yield* settled(embedSteps(substrate, NOTHING_USED, request, options))
  if (!never.ok) return fail({ ...never.problem, when: 'never' })
  const starts = [fromMs, ...timeline.releasesMs.filter((at) => at > fromMs && at <= latestStartMs)]
  const slots: Slot[] = []
  let first: EmbeddingProblem | null = null
  for (const start of starts) {
    if (slots.length >= count) break
    const window = { fromMs: start, untilMs: start + lengthMs }
    // Why it does not fit is asked of the first start only; of the others it matters only whether it does.
    const asked: EmbeddingOptions = first === null ? options : { ...options, explain: 'brief' }
    const solved = yield* settled(embedSteps(substrate, timeline.usageWithin(window), request, asked))
    if (solved.ok) slots.push({ window, embedding: solved.value })
    else first ??= solved.problem
  }
  return slots.length > 0 || first === null ? ok(slots) : fail(first)
}

/** The result, with a yield for each step on the way. */
function* settled<T>(steps: Generator<unknown, T>): Generator<void, T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    yield
  }
}
