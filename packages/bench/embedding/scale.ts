// How does the time grow with the substrate and the request? As the product asks: hosts spread, a refusal with its reason.
import { embedSteps } from '@myvini/core/embedding/embed'
import { randomRequest, randomSubstrate } from '@myvini/core/embedding/random-substrate'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { Substrate } from '@myvini/core/substrate/substrate'
import { NOTHING_USED, type Usage } from '@myvini/core/substrate/usage'
import { type Figure, median } from '../figure'

const SUBSTRATES = [10, 100, 1000, 5000]
const REQUESTS = [10, 50, 100, 200, 500]

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

export function scaleFigures(quick: boolean, log: (line: string) => void): Figure[] {
  log('Scale: nodes × hosts, ms until it is known whether it fits, ms in all, longest step, hops of an average Mbit/s')
  let answer: number[] = []
  for (const nodes of quick ? SUBSTRATES.slice(0, 3) : SUBSTRATES) {
    const substrate = randomSubstrate(nodes, nodes)
    for (const hosts of REQUESTS) {
      const request = randomRequest(hosts, hosts)
      const rounds = Array.from({ length: quick ? 1 : 3 }, (_, seed) => timed(substrate, NOTHING_USED, request, seed))
      if (nodes === 1000 && hosts === 500) answer = rounds.map(({ totalMs }) => totalMs / 1000)
      const [round] = rounds
      const over = (of: (one: Timing) => number) => median(rounds.map(of)).toFixed(1).padStart(9)
      const outcome = round?.fits ? `fits, ${round.hops.toFixed(2)} hops` : `refused: ${round?.reason}`
      log(
        `  ${`${nodes} × ${hosts}`.padEnd(12)}${over((one) => one.firstMs)}${over((one) => one.totalMs)}${over((one) => one.gapMs)}  ${outcome}`,
      )
    }
  }
  return [
    {
      id: 'embed_500_on_1000_s',
      value: median(answer),
      unit: 's',
      baseline: null,
      goal: '≤ 2',
      n: answer.length,
      method: 'wall time of one request of 500 hosts on 1,000 nodes, to the end, in steps',
    },
  ]
}
