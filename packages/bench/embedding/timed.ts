// How long does one question take: until it is known whether it fits, and until the end? As the product asks: hosts spread, a
// refusal with its reason.
import { embedSteps } from '@myvini/core/embedding/embed'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Usage } from '@myvini/core/substrate/usage'

export interface Timing {
  /** Wall time until it was known whether it fits, and until the end. */
  firstMs: number
  totalMs: number
  /** The longest time without a sign of life. */
  gapMs: number
  fits: boolean
  reason: string
  /** Hops of an average Mbit/s. */
  hops: number
}

export function timed(substrate: Substrate, used: Usage, request: EmbeddingRequest, seed: number): Timing {
  const start = performance.now()
  let last = start
  let gapMs = 0
  let firstMs: number | null = null
  const steps = embedSteps(substrate, used, request, { placement: 'spread', seed })
  let step = steps.next()
  for (; !step.done; step = steps.next()) {
    const now = performance.now()
    gapMs = Math.max(gapMs, now - last)
    last = now
    // Found, or the search has ended without: then what follows is the reason.
    const known = step.value.phase === 'explain' || step.value.placed === step.value.total
    if (firstMs === null && known) firstMs = now - start
  }
  const totalMs = performance.now() - start
  const answer = step.value
  const wanted = request.links.reduce((sum, { capacityMbps }) => sum + capacityMbps, 0)
  const carried = request.links.reduce(
    (sum, { id, capacityMbps }) => sum + capacityMbps * (answer.ok ? (answer.value.paths.get(id)?.length ?? 0) : 0),
    0,
  )
  return {
    firstMs: firstMs ?? totalMs,
    totalMs,
    gapMs,
    fits: answer.ok,
    reason: answer.ok ? '' : answer.problem.message,
    hops: carried / wanted,
  }
}
