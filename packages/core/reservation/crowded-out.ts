// Who would no longer fit if this were approved? Of others that wait, those that fit now and do not once this holds its place.
import { embedSteps } from '../embedding/embed'
import type { Embedding, EmbeddingOptions, EmbeddingProblem } from '../embedding/embedding'
import type { EmbeddingRequest } from '../embedding/request'
import type { Substrate } from '../substrate/substrate'
import { claimsOf } from './claims'
import { type Claims, Timeline, type Window } from './timeline'

export interface Waiting {
  id: string
  request: EmbeddingRequest
  placement: EmbeddingOptions['placement']
  window: Window
}

export interface CrowdedQuestion {
  substrate: Substrate
  /** What is promised already, over all the windows. */
  claims: Claims
  approved: { request: EmbeddingRequest; embedding: Embedding; window: Window }
  others: readonly Waiting[]
  seed: number
}

export interface CrowdedOut {
  id: string
  /** Why it would not fit then. */
  problem: EmbeddingProblem
}

const overlap = (a: Window, b: Window): boolean => a.fromMs < b.untilMs && b.fromMs < a.untilMs

/** What the approved one would hold, beside what is held already. */
export function withClaims(claims: Claims, { request, embedding, window }: CrowdedQuestion['approved']): Claims {
  const more = claimsOf(request, embedding)
  return {
    nodes: [...claims.nodes, ...[...more.nodes].map(([node, usage]) => ({ ...window, ...usage, node }))],
    links: [...claims.links, ...[...more.links].map(([link, mbps]) => ({ ...window, mbps, link }))],
  }
}

/** Each other is asked for by itself: two that wait may crowd out each other as well, which is for their own turn. */
export function* crowdedOut(question: CrowdedQuestion): Generator<void, CrowdedOut[]> {
  const { substrate, claims, approved, others, seed } = question
  const before = new Timeline(claims)
  const after = new Timeline(withClaims(claims, approved))
  const out: CrowdedOut[] = []
  for (const other of others) {
    if (!overlap(other.window, approved.window)) continue
    const options: EmbeddingOptions = { placement: other.placement, seed, explain: 'brief' }
    const solve = function* (timeline: Timeline, explain: 'full' | 'brief') {
      const steps = embedSteps(substrate, timeline.usageWithin(other.window), other.request, { ...options, explain })
      let step = steps.next()
      for (; !step.done; step = steps.next()) yield
      return step.value
    }
    const then = yield* solve(after, 'full')
    if (then.ok) continue
    const now = yield* solve(before, 'brief')
    if (now.ok) out.push({ id: other.id, problem: then.problem })
  }
  return out
}
