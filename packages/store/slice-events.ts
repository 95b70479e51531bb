// What happened to a slice, newest first? The events of its dock.
import type { Database } from './database'

export interface SliceEventRow {
  id: string
  at: Date
  kind: string
  message: string
}

export async function listSliceEvents(db: Database, sliceId: string, most: number): Promise<SliceEventRow[]> {
  const rows = await db.sliceEvent.findMany({ where: { sliceId }, orderBy: { id: 'desc' }, take: most })
  return rows.map((row) => ({ id: String(row.id), at: row.at, kind: row.kind, message: row.message }))
}
