// What was drawn in a revision? Revisions never change, and pages of slices that run ask again at every change on a node: the
// document is read and checked once.
import type { Topology } from '@myvini/core/topology/topology'
import { BoundedCache } from './bounded-cache'
import type { Database } from './database'
import { topologyOf } from './slices'

/** Hosts and links, about a kilobyte each. */
const MOST_KEPT = 40_000

const drawings = new WeakMap<Database, BoundedCache<Topology>>()

/** Whoever asks only reads it: the next one is given the same. */
export async function savedDrawing(db: Database, revisionId: string): Promise<Topology> {
  const kept = drawings.get(db) ?? new BoundedCache<Topology>(MOST_KEPT)
  drawings.set(db, kept)
  const known = kept.get(revisionId)
  if (known) return known
  const select = { document: true } as const
  const drawing = topologyOf(await db.topologyRevision.findUniqueOrThrow({ where: { id: revisionId }, select }))
  kept.keep(revisionId, drawing, 1 + drawing.hosts.length + drawing.links.length)
  return drawing
}
