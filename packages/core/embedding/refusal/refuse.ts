// Why does a request not fit, is that for good, and what would do? The parts of a refusal, in the order a person asks.
import type { EmbeddingOptions, EmbeddingProblem } from '../embedding'
import { type Instance, instanceOf } from '../instance'
import { i32 } from '../numbers'
import { type Plan, UNPLACED } from '../plan'
import type { EmbeddingRequest } from '../request'
import { changeInWords } from './apply-change'
import { certificate } from './certificate'
import type { Core } from './core'
import { type Answer, emptyWorld, Oracle, type World } from './oracle'
import { smallestChange } from './smallest-change'
import { smallestSet, wholeOf } from './smallest-set'
import { refusalOf } from './words'

export interface Refused {
  world: World
  request: EmbeddingRequest
  options: EmbeddingOptions
  instance: Instance
  /** How far the search came; null where a certificate made it needless. */
  plan: Plan | null
  proven: boolean
  effort: number
  shouldStop: () => boolean
}

/** One question on the way to a reason is about a part of the request, so it needs less than the whole. */
const PART = 0.1
/** What finding the parts, and then a change, may cost together, of the effort for the answer itself. */
const ALL_PARTS = 0.5

export function* refuse(refused: Refused): Generator<void, EmbeddingProblem> {
  const { world, request, options, instance, plan, proven, effort, shouldStop } = refused
  const now: Answer = { holds: false, proven, plan, instance }
  const never: World = emptyWorld(world)
  if (options.explain === 'brief') return brief(refused, never)
  const whole = new Oracle(options, effort, effort, shouldStop)
  const ever = yield* whole.ask(never, request)
  const when = ever.holds ? 'not-now' : 'never'
  const failed = ever.holds ? now : ever
  const place = ever.holds ? world : never
  const parts = new Oracle(options, effort * PART, effort * ALL_PARTS, shouldStop)
  const start = certificate(failed.instance) ?? wholeOf(request)
  const smallest = yield* smallestSet(parts, place, request, start, failed)
  const problem = refusalOf(failed, smallest.core, when, smallest.proven)

  const asked = { request, placement: options.placement, core: smallest.core }
  const changes = new Oracle(options, effort * PART, effort * ALL_PARTS, shouldStop)
  const nowChange = yield* smallestChange({ ...asked, oracle: changes, world, instance: now.instance })
  if (nowChange) return { ...problem, change: nowChange, hint: `It fits ${changeInWords(request, nowChange)}.` }
  if (when === 'not-now') return problem
  const change = yield* smallestChange({ ...asked, oracle: changes, world: never, instance: failed.instance })
  return change
    ? { ...problem, change, hint: `It can fit at another time ${changeInWords(request, change)}.` }
    : problem
}

/** What the search knew when it ended, and no more. */
function brief({ request, options, instance, plan, proven }: Refused, never: World): EmbeddingProblem {
  const core = certificate(instance)
  const empty = instanceOf(never.substrate, never.used, request, options.placement)
  if (core) return refusalOf({ instance, plan }, core, certificate(empty) ? 'never' : 'not-now', true)
  const missing: Core = {
    hosts: instance.hosts.flatMap((_, h) => (plan && i32(plan.place, h) === UNPLACED ? [h] : [])),
    vlinks: [],
  }
  const names = missing.hosts.flatMap((h) => instance.hosts[h]?.name ?? [])
  return {
    code: 'embedding.no-fit',
    when: 'not-now',
    message: `No way was found to place ${names.slice(0, 5).join(', ')} with ${names.length === 1 ? 'its' : 'their'} links beside the others.`,
    hint: 'Ask for less, or choose another time.',
    parts: missing.hosts.flatMap((h) => instance.hosts[h]?.id ?? []),
    cut: null,
    proven,
  }
}
