// What is planned of slices that run? Plans are the costly part of a node's spec, and an embedding never changes: another
// takes its place. So each is made once, for all nodes and all publications.
import { planSlice, type SlicePlan, type Underlay } from '@myvini/core/desired/compile'
import type { SubstrateLinkId } from '@myvini/core/ids'
import { loadActiveSlices } from './active-slices'
import { BoundedCache } from './bounded-cache'
import type { Database, Transaction } from './database'
import { loadUnderlays } from './substrate'

/** A reservation on a node, in the embedding that it has by now. */
export interface Wanted {
  reservationId: string
  version: number
}

interface Kept {
  version: number
  plan: SlicePlan
}

/** Hosts and links: about a kilobyte each. */
const weightOf = ({ active }: SlicePlan): number => active.topology.hosts.length + active.topology.links.length
/** So many slices are asked for at once: one answer of the database stays within some megabytes. */
const AT_ONCE = 500

export class PlanCache {
  private readonly plans: BoundedCache<Kept>
  private known: Promise<Map<SubstrateLinkId, Underlay>> | null = null

  /** `most`: hosts and links in all; beyond it the oldest plans leave, and are made again when asked for. */
  constructor(most = 100_000) {
    this.plans = new BoundedCache(most)
  }

  /** Plans by reservation; those of reservations that hold nothing are left out. What is lacking is read in one question. */
  async get(db: Database | Transaction, wanted: Iterable<Wanted>): Promise<Map<string, SlicePlan>> {
    const found = new Map<string, SlicePlan>()
    const missing = new Set<string>()
    for (const { reservationId, version } of wanted) {
      const kept = this.plans.get(reservationId)
      if (kept?.version === version) found.set(reservationId, kept.plan)
      else missing.add(reservationId)
    }
    const ids = [...missing]
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const underlays = await this.underlays(db)
      for (const [id, { active, version }] of await loadActiveSlices(db, ids.slice(at, at + AT_ONCE))) {
        const plan = planSlice(active, underlays)
        found.set(id, plan)
        this.plans.keep(id, { version, plan }, weightOf(plan))
      }
    }
    return found
  }

  /** Whether `get` would have to read anything. */
  hasAll(wanted: Iterable<Wanted>): boolean {
    for (const { reservationId, version } of wanted)
      if (this.plans.get(reservationId)?.version !== version) return false
    return true
  }

  forget(reservationId: string) {
    this.plans.forget(reservationId)
  }

  /** The substrate's links, read once for all nodes that are published together. */
  underlays(db: Database | Transaction): Promise<Map<SubstrateLinkId, Underlay>> {
    this.known ??= loadUnderlays(db).catch((error: unknown) => {
      this.known = null
      throw error
    })
    return this.known
  }

  lookAgain() {
    this.known = null
  }
}
