// When does it fit? The earliest start from a moment on, at which the whole request holds for the whole length.
import type { Embed, Embedding, EmbeddingOptions, EmbeddingProblem } from '../embedding/embedding'
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
  embed: Embed
  lengthMs: number
  /** No start before this, and none after `latestStartMs`. */
  fromMs: number
  latestStartMs: number
  /** At most so many slots, each starting after the one before has begun to differ. */
  count: number
  /** Asked between tries: a person who draws on has no use for the answer. */
  shouldStop?: () => boolean
}

/**
 * Starts worth trying are the first possible one and every later instant at which something is given back: between two
 * of these, waiting only ever loses. The reason of a failure is that of the first try.
 */
export function earliestSlots(question: EarliestQuestion): Result<Slot[], EmbeddingProblem> {
  const { substrate, timeline, request, options, embed, lengthMs, fromMs, latestStartMs, count } = question
  const never = embed(substrate, NOTHING_USED, request, options)
  if (!never.ok) return fail({ ...never.problem, when: 'never' })
  const starts = [fromMs, ...timeline.releasesMs.filter((at) => at > fromMs && at <= latestStartMs)]
  const slots: Slot[] = []
  let first: EmbeddingProblem | null = null
  for (const start of starts) {
    if (slots.length >= count || question.shouldStop?.()) break
    const window = { fromMs: start, untilMs: start + lengthMs }
    const solved = embed(substrate, timeline.usageWithin(window), request, options)
    if (solved.ok) slots.push({ window, embedding: solved.value })
    else first ??= solved.problem
  }
  return slots.length > 0 || first === null ? ok(slots) : fail(first)
}
