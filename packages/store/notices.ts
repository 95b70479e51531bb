// What happened to a person's slices that they should know of, wherever they are? The weighty ones of the slices' events.
import type { Person } from './access'
import { slicesOf } from './calendar'
import type { Database } from './database'

/** Kinds of slice events that somebody who looks elsewhere is told of. */
export const NOTICE_KINDS = ['hurt', 'moved', 'degraded', 'denied', 'approved', 'failed'] as const

export interface Notice {
  id: string
  at: Date
  kind: string
  message: string
  slice: { id: string; name: string }
}

/** Newest first. An admin is told of their own slices, not of everybody's. */
export async function listNotices(db: Database, person: Person, since: Date, most: number): Promise<Notice[]> {
  const rows = await db.sliceEvent.findMany({
    where: { kind: { in: [...NOTICE_KINDS] }, at: { gte: since }, slice: { deletedAt: null, ...slicesOf(person) } },
    orderBy: { id: 'desc' },
    take: most,
    select: { id: true, at: true, kind: true, message: true, slice: { select: { id: true, name: true } } },
  })
  return rows.map((row) => ({ ...row, id: String(row.id) }))
}
