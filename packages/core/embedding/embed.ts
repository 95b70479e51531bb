// Does a request fit, and where does all of it go? The solver: quick starts, improvement, on small questions a proof, and
// where nothing fits a reason. Decision record 0016.
import type { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { fail, ok, type Result } from '../result'
import type { Substrate } from '../substrate/substrate'
import type { Usage } from '../substrate/usage'
import type { Embed, Embedding, EmbeddingOptions, EmbeddingProblem, EmbeddingProgress } from './embedding'
import { exhaust, isSmall } from './exhaust'
import { type Instance, instanceOf } from './instance'
import { i32 } from './numbers'
import type { Plan } from './plan'
import { badInput } from './refusal/bad-input'
import { certificate } from './refusal/certificate'
import { EXHAUST_LIMIT } from './refusal/oracle'
import { refuse } from './refusal/refuse'
import type { EmbeddingRequest } from './request'
import { runToEnd, search } from './search'

/** Edges: some 20 ms for 50 hosts, a quarter of a second for 500; where it does not fit, as much again for the reason. */
const EFFORT = 1e6
const EFFORT_HOSTS = 50
const SMALL_EFFORT = 0.1

export const defaultEffort = (hosts: number): number => EFFORT * Math.max(1, hosts / EFFORT_HOSTS)

/** The solver in steps of a few milliseconds, for a caller that has other things to do or a person who waits. */
export function* embedSteps(
  substrate: Substrate,
  used: Usage,
  request: EmbeddingRequest,
  options: EmbeddingOptions,
): Generator<EmbeddingProgress, Result<Embedding, EmbeddingProblem>> {
  const bad = badInput(request, substrate)
  if (bad) return fail(bad)
  const instance = instanceOf(substrate, used, request, options.placement)
  const effort = options.effort ?? defaultEffort(request.nodes.length)
  const shouldStop = options.shouldStop ?? (() => false)
  let plan: Plan | null = null
  let proven = true
  if (!certificate(instance)) {
    proven = false
    const small = isSmall(instance)
    // What can be tried to the end soon is not worth a long search; unless the end is farther than it seemed.
    for (const share of small ? [SMALL_EFFORT, 1] : [1]) {
      const steps = search(instance, { seed: options.seed, effort: effort * share, first: false, shouldStop })
      let step = steps.next()
      for (; !step.done; step = steps.next()) yield progressOf(instance, step.value)
      plan = step.value.plan
      if (plan.unplaced === 0) return ok(embeddingOf(instance, plan))
      if (shouldStop()) return fail(stopped())
      if (!small || share === 1) continue
      const { verdict, plan: found } = exhaust(instance, EXHAUST_LIMIT)
      if (verdict === 'found') return ok(embeddingOf(instance, found))
      proven = verdict === 'none'
      if (proven) break
    }
  }
  const placed = request.nodes.length - (plan?.unplaced ?? request.nodes.length)
  const progress: EmbeddingProgress = {
    phase: 'explain',
    placed,
    total: request.nodes.length,
    spent: 1,
    found: () => null,
  }
  const world = { substrate, used }
  const reasons = refuse({ world, request, options, instance, plan, proven, effort, shouldStop })
  let reason = reasons.next()
  for (; !reason.done; reason = reasons.next()) yield progress
  return fail(reason.value)
}

export const embed: Embed = (substrate, used, request, options) =>
  runToEnd(embedSteps(substrate, used, request, options))

function progressOf(
  instance: Instance,
  { phase, placed, spent, plan }: { phase: 'place' | 'improve'; placed: number; spent: number; plan: Plan | null },
): EmbeddingProgress {
  return {
    phase,
    placed,
    total: instance.hosts.length,
    spent,
    found: () => (plan ? embeddingOf(instance, plan) : null),
  }
}

function embeddingOf(instance: Instance, plan: Plan): Embedding {
  const nodes = new Map<string, SubstrateNodeId>()
  instance.hosts.forEach((host, h) => {
    const node = instance.nodes[i32(plan.place, h)]
    if (node) nodes.set(host.id, node.id)
  })
  const paths = new Map<LinkId, readonly SubstrateLinkId[]>()
  instance.vlinks.forEach((vlink, l) => {
    const links = [...(plan.paths[l] ?? [])].flatMap((e) => instance.links[e]?.id ?? [])
    paths.set(vlink.id, links)
  })
  return { nodes, paths }
}

const stopped = (): EmbeddingProblem => ({
  code: 'embedding.stopped',
  when: 'not-now',
  message: 'The search was stopped before it found an answer.',
  hint: 'Ask again, and let it run longer.',
  parts: [],
  cut: null,
  proven: false,
})
