// At which starts would it fit? For a calendar: from when to when a window of a given length can begin, so that the whole
// request holds for all of it.
import { embedSteps } from '../embedding/embed'
import type { EmbeddingOptions } from '../embedding/embedding'
import type { EmbeddingRequest } from '../embedding/request'
import type { Substrate } from '../substrate/substrate'
import { NODE_AMOUNTS, type Usage } from '../substrate/usage'
import type { Timeline, Window } from './timeline'

export interface StartsQuestion {
  substrate: Substrate
  timeline: Timeline
  request: EmbeddingRequest
  options: EmbeddingOptions
  lengthMs: number
  /** Starts within [fromMs, untilMs) are asked about. */
  fromMs: number
  untilMs: number
  /** At most so many different starts are tried; the rest of the time is left out of the answer. */
  most: number
}

/** Starts in [fromMs, untilMs) are all alike. */
export interface Starts extends Window {
  fits: boolean
}

/**
 * What a window finds taken changes only when it begins or ends at an instant at which a claim does: between these one
 * answer holds. Neighbours with the same answer are one. Yields what is known so far.
 */
export function* fittingStarts(question: StartsQuestion): Generator<readonly Starts[], readonly Starts[]> {
  const { substrate, timeline, request, lengthMs, fromMs, untilMs, most } = question
  const options: EmbeddingOptions = { ...question.options, explain: 'brief' }
  const instants = new Set([fromMs])
  // A window that ends just when a claim begins is clear of it; one that ends a millisecond later is not.
  for (const at of timeline.changesMs)
    for (const start of [at, at - lengthMs + 1]) if (start > fromMs && start < untilMs) instants.add(start)
  const times = [...instants].toSorted((a, b) => a - b)
  const known = new Map<string, boolean>()
  const answers: Starts[] = []
  let tried = 0
  for (const [i, start] of times.entries()) {
    const usage = timeline.usageWithin({ fromMs: start, untilMs: start + lengthMs })
    const key = keyOf(usage)
    let fits = known.get(key)
    if (fits === undefined) {
      if (tried++ >= most) break
      const steps = embedSteps(substrate, usage, request, options)
      let step = steps.next()
      for (; !step.done; step = steps.next()) yield answers
      fits = step.value.ok
      known.set(key, fits)
    }
    const end = times[i + 1] ?? untilMs
    const last = answers.at(-1)
    if (last && last.fits === fits) last.untilMs = end
    else answers.push({ fromMs: start, untilMs: end, fits })
    yield answers
  }
  return answers
}

const keyOf = ({ nodes, links }: Usage): string =>
  JSON.stringify([[...nodes].map(([id, u]) => [id, ...NODE_AMOUNTS.map((amount) => u[amount])]), [...links]])
