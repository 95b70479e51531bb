// Does a part of the request fit, or a changed request? Asked many times on the way to a reason, so each answer is quick,
// and whether a "no" is a proof is remembered.
import type { Substrate } from '../../substrate/substrate'
import { NOTHING_USED, type Usage } from '../../substrate/usage'
import type { EmbeddingOptions } from '../embedding'
import { exhaust, isSmall } from '../exhaust'
import { type Instance, instanceOf } from '../instance'
import type { Plan } from '../plan'
import type { EmbeddingRequest } from '../request'
import { search } from '../search'
import { certificate } from './certificate'

/** A substrate and what is taken of it. */
export interface World {
  substrate: Substrate
  used: Usage
}

/** The same substrate with nothing taken and every node there: what does not fit here never will. */
export const emptyWorld = ({ substrate }: World): World => ({
  substrate: { ...substrate, nodes: substrate.nodes.map((node) => ({ ...node, available: true })) },
  used: NOTHING_USED,
})

export interface Answer {
  holds: boolean
  /** False where the search gave up. */
  proven: boolean
  /** What the search had when it ended; null where no search was needed. */
  plan: Plan | null
  instance: Instance
}

/** Edges that an exhaustive search may look at: some tens of milliseconds. */
export const EXHAUST_LIMIT = 3e6

export class Oracle {
  /** Edges looked at so far, over all questions. */
  steps = 0

  constructor(
    private readonly options: EmbeddingOptions,
    /** For one question. */
    private readonly effort: number,
    /** For all of them. */
    private readonly budget: number,
    private readonly shouldStop: () => boolean,
  ) {}

  get isSpent(): boolean {
    return this.steps >= this.budget || this.shouldStop()
  }

  /** Yields while it searches. */
  *ask(world: World, request: EmbeddingRequest, placement = this.options.placement): Generator<void, Answer> {
    const instance = instanceOf(world.substrate, world.used, request, placement)
    this.steps += QUESTION
    yield
    if (certificate(instance)) return { holds: false, proven: true, plan: null, instance }
    const { shouldStop } = this
    const small = isSmall(instance)
    const effort = small ? Math.min(this.effort, SMALL_EFFORT) : this.effort
    const searching = search(instance, { seed: this.options.seed, effort, first: true, shouldStop })
    let step = searching.next()
    for (; !step.done; step = searching.next()) yield
    const { plan, steps } = step.value
    this.steps += steps
    if (plan.unplaced === 0) return { holds: true, proven: true, plan, instance }
    if (!small) return { holds: false, proven: false, plan, instance }
    const { verdict, plan: found, steps: tried } = exhaust(instance, EXHAUST_LIMIT)
    this.steps += tried
    return {
      holds: verdict === 'found',
      proven: verdict !== 'unknown',
      plan: verdict === 'found' ? found : plan,
      instance,
    }
  }
}

/** Enough to find most answers; the rest is for the exhaustive search. */
const SMALL_EFFORT = 2e4
/** What a question costs besides its search, in edges. */
const QUESTION = 2_000
