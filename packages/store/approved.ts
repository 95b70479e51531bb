// What has been approved and waits to be promised? One reservation with its drawing, in one round trip.
import type { Window } from '@myvini/core/reservation/timeline'
import { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import type { Database } from './database'

export const Placement = z.enum(['spread', 'pack', 'distinct']).catch('spread')
export type Placement = z.infer<typeof Placement>

export interface ApprovedBooking {
  id: string
  sliceId: string
  topology: Topology
  window: Window
  placement: Placement
}

interface Row {
  sliceId: string
  startsAt: Date
  endsAt: Date
  placement: string
  document: unknown
}

/** Null: it is not approved (any more). */
export async function loadApproved(db: Database, id: string): Promise<ApprovedBooking | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT r."sliceId", r."startsAt", r."endsAt", r."placement", t."document"
    FROM "Reservation" r JOIN "TopologyRevision" t ON t."id" = r."revisionId" WHERE r."id" = ${id} AND r."state" = 'approved'`
  if (!row) return null
  return {
    id,
    sliceId: row.sliceId,
    topology: Topology.parse(row.document),
    window: { fromMs: row.startsAt.getTime(), untilMs: row.endsAt.getTime() },
    placement: Placement.parse(row.placement),
  }
}
