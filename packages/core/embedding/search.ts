// Is there an embedding, and how good a one can be had for so much effort? Several quick starts, then ruin and recreate.

import { seededRandom } from '../random'
import { type Tools, Waiting } from './construct'
import { NOISE, penalties, ruinAndRecreate, worth } from './improve'
import type { Instance } from './instance'
import { Placing } from './placing'
import { Plan } from './plan'

export interface SearchOptions {
  seed: number
  /** Edges to look at before it is enough; the first whole attempt and a little more are always made. */
  effort: number
  /** Stop at the first plan that holds everything. */
  first: boolean
  shouldStop: () => boolean
}

export interface SearchProgress {
  phase: 'place' | 'improve'
  /** Of the best plan so far. */
  placed: number
  /** The best plan so far, once it holds everything. */
  plan: Plan | null
  /** How much of the effort is spent, from 0 to 1. */
  spent: number
}

/** Hosts placed between two signs of life. */
const CHUNK = 8
const STARTS = 30
const ROUNDS = { base: 40, perHost: 6 }
const HEAT = 0.006

export interface Searched {
  /** The best plan found, which holds everything if `unplaced` is 0. */
  plan: Plan
  /** Edges looked at. */
  steps: number
}

export function* search(instance: Instance, options: SearchOptions): Generator<SearchProgress, Searched> {
  const random = seededRandom(options.seed)
  const placing = new Placing(instance, random)
  const tools: Tools = { instance, placing, random }
  const empty = new Plan(instance)
  const [work, kept, best] = [new Plan(instance), new Plan(instance), new Plan(instance)]
  const waiting = new Waiting(tools, work)
  const penalty = penalties(instance, empty)
  let effort = options.effort
  let phase: SearchProgress['phase'] = 'place'
  const progress = (): SearchProgress => ({
    phase,
    placed: instance.hosts.length - best.unplaced,
    plan: best.unplaced === 0 ? best : null,
    spent: Math.min(1, placing.steps / effort),
  })
  if (instance.hosts.length === 0) return { plan: best, steps: 0 }
  const enough = () => options.shouldStop() || (best.unplaced === 0 && options.first)

  // Until one plan is whole or the effort is spent, start again; what is whole early is then improved.
  for (let attempt = 0; attempt === 0 || (best.unplaced > 0 && placing.steps < effort && !enough()); attempt++) {
    phase = 'place'
    const starts = attempt === 0 ? STARTS : STARTS / 3
    for (let s = 0; s < starts && (s === 0 || placing.steps < effort * 0.3) && !enough(); s++) {
      work.copyFrom(empty)
      waiting.add(instance.hosts.keys())
      while (waiting.count > 0) {
        waiting.fill(s + attempt === 0 ? 0 : NOISE, CHUNK)
        if (waiting.count > 0) yield progress()
        if (options.shouldStop()) return { plan: best, steps: placing.steps }
      }
      if (attempt + s === 0) effort = Math.max(effort, placing.steps * 2.5)
      if (attempt + s === 0 || worth(work, penalty) < worth(best, penalty)) best.copyFrom(work)
      if (s === 0 || worth(work, penalty) < worth(kept, penalty)) kept.copyFrom(work)
      yield progress()
    }
    phase = 'improve'
    work.copyFrom(kept)
    const rounds = ROUNDS.base + ROUNDS.perHost * instance.hosts.length
    for (let r = 0; r < rounds && placing.steps < effort && !enough(); r++) {
      ruinAndRecreate(tools, { waiting, work, kept, best }, penalty, HEAT * (1 - r / rounds))
      yield progress()
    }
  }
  return { plan: best, steps: placing.steps }
}

/** The result of a search nobody watches. */
export function runToEnd<T>(steps: Generator<unknown, T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}
