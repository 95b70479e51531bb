// What was drawn in a revision? Revisions never change, and pages of slices that run ask again at every change on a node: the
// document is read and checked once.
import type { Topology } from '@myvini/core/topology/topology'
import type { Database } from './database'
import { topologyOf } from './slices'

/** Hosts and links, about a kilobyte each. */
const MOST_KEPT = 40_000

const weightOf = ({ hosts, links }: Topology) => 1 + hosts.length + links.length

/** The newest last. */
const kept = new WeakMap<Database, Map<string, Topology>>()

/** Whoever asks only reads it: the next one is given the same. */
export async function savedDrawing(db: Database, revisionId: string): Promise<Topology> {
  const known = kept.get(db) ?? new Map<string, Topology>()
  kept.set(db, known)
  const found = known.get(revisionId)
  const topology =
    found ??
    topologyOf(await db.topologyRevision.findUniqueOrThrow({ where: { id: revisionId }, select: { document: true } }))
  known.delete(revisionId)
  known.set(revisionId, topology)
  let weight = [...known.values()].reduce((sum, t) => sum + weightOf(t), 0)
  for (const [oldest, t] of known) {
    if (weight <= MOST_KEPT || oldest === revisionId) break
    known.delete(oldest)
    weight -= weightOf(t)
  }
  return topology
}
