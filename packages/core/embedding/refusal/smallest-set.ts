// Which few parts of the request cannot hold together? Parts are left out as long as what stays still cannot hold.
import { i32 } from '../numbers'
import { UNPLACED } from '../plan'
import type { EmbeddingRequest } from '../request'
import { type Core, partOf } from './core'
import type { Answer, Oracle, World } from './oracle'

export interface Smallest {
  core: Core
  /** Each refusal on the way was a proof. */
  proven: boolean
}

export const wholeOf = (request: EmbeddingRequest): Core => ({
  hosts: request.nodes.map((_, h) => h),
  vlinks: request.links.map((_, l) => l),
})

/** Some hosts, and the links among them. */
function among(request: EmbeddingRequest, hosts: readonly number[]): Core {
  const ids = new Set(hosts.map((h) => request.nodes[h]?.id))
  return { hosts, vlinks: request.links.flatMap((link, l) => (ids.has(link.a) && ids.has(link.b) ? [l] : [])) }
}

/** How many of the hosts without a place are looked at one by one. */
const FIRST_FEW = 3

/**
 * Small beginnings that may already not hold: what surrounds one host that found no place, then what surrounds all of
 * them, in ever wider rings.
 */
function* surroundings(request: EmbeddingRequest, { plan }: Answer): Generator<Core> {
  if (!plan) return
  const unplaced = request.nodes.flatMap((_, h) => (i32(plan.place, h) === UNPLACED ? [h] : []))
  for (const h of unplaced.slice(0, FIRST_FEW)) yield* rings(request, [h], FEW_RINGS)
  if (unplaced.length > 1) yield* rings(request, unplaced, Number.POSITIVE_INFINITY)
}
const FEW_RINGS = 3

function* rings(request: EmbeddingRequest, center: readonly number[], most: number): Generator<Core> {
  const chosen = new Set(center)
  const at = new Map(request.nodes.map(({ id }, h) => [id, h]))
  for (let ring = 0, before = 0; ring < most && chosen.size > before && chosen.size < request.nodes.length; ring++) {
    yield among(
      request,
      [...chosen].toSorted((x, y) => x - y),
    )
    before = chosen.size
    const inside = new Set(chosen)
    for (const link of request.links) {
      const [a, b] = [at.get(link.a), at.get(link.b)]
      if (a === undefined || b === undefined) continue
      if (inside.has(a)) chosen.add(b)
      if (inside.has(b)) chosen.add(a)
    }
  }
}

/** Without the parts of `gone`, hosts by their index and links by theirs after the hosts; links go with their hosts. */
function without(request: EmbeddingRequest, core: Core, gone: ReadonlySet<number>): Core {
  const hosts = core.hosts.filter((h) => !gone.has(h))
  const ids = new Set(hosts.map((h) => request.nodes[h]?.id))
  const stays = (l: number) => {
    const link = request.links[l]
    return link !== undefined && !gone.has(request.nodes.length + l) && ids.has(link.a) && ids.has(link.b)
  }
  return { hosts, vlinks: core.vlinks.filter(stays) }
}

/**
 * Shrinks `start`, which cannot hold. Half of the parts are left out at once where possible, then a quarter, and so on;
 * the last round tries each part by itself, so that the result has no part to spare, unless the budget ends before.
 */
export function* smallestSet(
  oracle: Oracle,
  world: World,
  request: EmbeddingRequest,
  start: Core,
  failed: Answer,
): Generator<void, Smallest> {
  let core = start
  let proven = failed.proven
  function* refused(candidate: Core) {
    const answer = yield* oracle.ask(world, partOf(request, candidate))
    // A smaller set of which it is only supposed is no better than a larger one of which it is known.
    const taken = !answer.holds && (answer.proven || !proven)
    if (taken) {
      core = candidate
      proven = answer.proven
    }
    return taken
  }

  if (start.hosts.length === request.nodes.length)
    for (const candidate of surroundings(request, failed)) {
      if (oracle.isSpent || (yield* refused(candidate))) break
    }

  const parts = () => [...core.hosts, ...core.vlinks.map((l) => request.nodes.length + l)]
  for (let size = Math.ceil(parts().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    const queue = parts()
    while (queue.length > 0 && !oracle.isSpent) {
      const candidate = without(request, core, new Set(queue.splice(0, size)))
      if (candidate.hosts.length + candidate.vlinks.length === core.hosts.length + core.vlinks.length) continue
      yield* refused(candidate)
    }
  }
  // A host whose links all went in the last round may be spared as well.
  for (const h of core.hosts) {
    const bare = !core.vlinks.some((l) => [request.links[l]?.a, request.links[l]?.b].includes(request.nodes[h]?.id))
    if (!bare || oracle.isSpent) continue
    yield* refused(without(request, core, new Set([h])))
  }
  return { core, proven }
}
