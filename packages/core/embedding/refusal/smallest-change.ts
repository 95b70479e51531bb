// What is the least a person would have to change? Each candidate is tried on the whole request; the first that fits wins.

import { LEAST } from '../../images/needs'
import type { Change, EmbeddingOptions } from '../embedding'
import { meetsPin } from '../fitting-nodes'
import { type Instance, WEIGHTS, weightsOf } from '../instance'
import { f64, i32 } from '../numbers'
import type { EmbeddingRequest } from '../request'
import { applyChange } from './apply-change'
import type { Core } from './core'
import type { Oracle, World } from './oracle'
import { quickest, widestWay } from './widest-way'

const BIT_PER_MBIT = 1e6
const NS_PER_MS = 1e6
/** A link with less than this share of what was wanted is hardly the same link: then rather remove a pin. */
const STILL_USEFUL = 0.5

/** The finest step that is told. */
const LEAST_MBPS = 0.01

/** Where so many parts stand in each other's way, no single one of them is to blame. */
const MANY = 12

/** Whole Mbit/s; below 1 in hundredths. */
const roundDown = (mbps: number) => (mbps >= 1 ? Math.floor(mbps + 1e-9) : Math.floor(mbps * 100 + 1e-9) / 100)

export interface Question {
  oracle: Oracle
  world: World
  request: EmbeddingRequest
  placement: EmbeddingOptions['placement']
  /** The whole request on `world`. */
  instance: Instance
  core: Core
}

export function* smallestChange(q: Question): Generator<void, Change | null> {
  if (q.core.hosts.length > MANY) return yield* scaled(q)
  let second: Change | null = null
  for (const l of widestLinks(q)) {
    const change = yield* narrower(q, l)
    if (!change) continue
    const wanted = q.instance.vlinks[l]?.capacityMbps ?? 0
    if (change.kind !== 'link-capacity' || change.capacityMbps >= wanted * STILL_USEFUL) return change
    second ??= change
  }
  for (const change of [...lighter(q), ...unpinned(q), ...shared(q)]) {
    if (q.oracle.isSpent) break
    if (yield* wouldFit(q, change)) return change
  }
  return second ?? (yield* scaled(q))
}

/** A share of everything, in steps of five percent: the last resort. */
function* scaled(q: Question): Generator<void, Change | null> {
  const kind = q.core.vlinks.length > 0 ? 'scale-links' : 'scale-hosts'
  let low = 0
  for (let high = 20; high - low > 1 && !q.oracle.isSpent; ) {
    const guess = Math.floor((low + high) / 2)
    if (yield* wouldFit(q, { kind, share: guess / 20 })) low = guess
    else high = guess
  }
  return low > 0 ? { kind, share: low / 20 } : null
}

function* wouldFit({ oracle, world, request, placement }: Question, change: Change): Generator<void, boolean> {
  const changed = applyChange(request, placement, change)
  const answer = yield* oracle.ask(world, changed.request, changed.placement)
  return answer.holds
}

const widestLinks = ({ instance, core }: Question) =>
  core.vlinks.toSorted((x, y) => f64(instance.width, y) - f64(instance.width, x) || x - y).slice(0, 4)

/** More delay or less bandwidth for one virtual link, as little as will do. */
function* narrower(q: Question, l: number): Generator<void, Change | null> {
  const { instance, oracle } = q
  const link = instance.vlinks[l]
  if (!link || oracle.isSpent) return null
  const [a, b] = [i32(instance.endA, l), i32(instance.endB, l)]
  if (link.maxDelayMs !== null) {
    const quick = quickest(instance, a, b, f64(instance.width, l))
    const change: Change = { kind: 'link-delay', id: link.id, maxDelayMs: Math.ceil((quick / NS_PER_MS) * 100) / 100 }
    const allows = quick < Number.POSITIVE_INFINITY && change.maxDelayMs > link.maxDelayMs
    if (allows && (yield* wouldFit(q, change))) return change
  }
  const way = widestWay(instance, a, b, f64(instance.width, l))
  const alone = q.core.vlinks.length === 1 && way.left !== null
  // Alone, the widest path is the most there is; among others the answer lies between nothing and what is wanted.
  let high = alone ? roundDown((way.left ?? 0) / BIT_PER_MBIT) : link.capacityMbps
  // Where even next to nothing does not help, no amount between does: one question instead of a dozen.
  if (!alone && !(yield* wouldFit(q, { kind: 'link-capacity', id: link.id, capacityMbps: LEAST_MBPS }))) return null
  let low = 0
  for (
    let guess = alone ? high : roundDown(high / 2), tries = 0;
    tries < 12 && guess > low && !oracle.isSpent;
    tries++
  ) {
    if (yield* wouldFit(q, { kind: 'link-capacity', id: link.id, capacityMbps: guess })) low = guess
    else high = guess
    if (low === high) break
    guess = roundDown((low + high) / 2)
  }
  return low > 0 ? { kind: 'link-capacity', id: link.id, capacityMbps: low } : null
}

/** Less CPU, memory or disk for a host that fits nowhere: the most that a node has which suits it otherwise. */
function lighter({ instance, core }: Question): Change[] {
  const [h] = core.hosts
  const host = instance.hosts[h ?? -1]
  if (core.hosts.length !== 1 || !host) return []
  const suits = instance.nodes.flatMap((node, v) => {
    return node.available && meetsPin(node, host.pin) && host.needs.every((need) => node.capabilities.includes(need))
      ? [v]
      : []
  })
  const wanted = weightsOf(host)
  const most = (w: number) => Math.max(0, ...suits.map((v) => f64(instance.free, v * WEIGHTS + w)))
  const changes: Change[] = []
  // A topology gives a host at least 1 % CPU, 1 MiB of memory and, of class vserver, 16 MiB of disk.
  if (most(0) >= 10 && most(0) < wanted[0])
    changes.push({ kind: 'host-cpu', id: host.id, cpuMilli: Math.floor(most(0) / 10) * 10 })
  if (most(1) >= 1 && most(1) < wanted[1]) changes.push({ kind: 'host-memory', id: host.id, memoryMib: most(1) })
  if (most(2) >= LEAST.diskMib && most(2) < wanted[2])
    changes.push({ kind: 'host-disk', id: host.id, diskMib: most(2) })
  return changes
}

const unpinned = ({ instance, core }: Question): Change[] =>
  core.hosts.flatMap((h): Change[] => {
    const host = instance.hosts[h]
    return host?.pin ? [{ kind: 'unpin', id: host.id }] : []
  })

function shared({ instance, core, placement }: Question): Change[] {
  const labels = new Set(core.hosts.flatMap((h) => instance.hosts[h]?.apart ?? []))
  const changes = [...labels].map((apart): Change => ({ kind: 'together', apart }))
  return placement === 'distinct' && core.hosts.length > 1 ? [...changes, { kind: 'share-nodes' }] : changes
}
