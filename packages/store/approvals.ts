// What waits for an admin, and what has been decided lately?
import { requestOf } from '@myvini/core/embedding/request'
import type { ReservationState } from '@myvini/core/reservation/state'
import type { Database } from './database'
import type { Prisma } from './generated/client'
import { QUEUE } from './reservations'
import { topologyOf } from './slices'

export interface ApprovalRow {
  id: string
  state: ReservationState
  slice: { id: string; name: string }
  project: { slug: string; name: string }
  course: { id: string; name: string } | null
  requester: { id: string; name: string; email: string }
  reason: string
  placement: string
  startsAt: Date
  endsAt: Date
  requestedAt: Date
  decidedAt: Date | null
  decider: string | null
  decisionNote: string | null
  hosts: number
  links: number
  cpuPercent: number
  memoryMib: number
  diskMib: number
  linkMbps: number
}

const include = {
  slice: { include: { project: { include: { course: { select: { id: true, name: true } } } } } },
  requester: { select: { id: true, name: true, email: true } },
  decider: { select: { name: true } },
  revision: { select: { document: true } },
} satisfies Prisma.ReservationInclude

/** Those that wait, labs and then the longest first; or the newest of those that a person has decided. */
export async function listApprovals(db: Database, kind: 'waiting' | 'decided', most: number): Promise<ApprovalRow[]> {
  const rows = await db.reservation.findMany({
    where: kind === 'waiting' ? { state: 'requested' } : { deciderId: { not: null } },
    orderBy: kind === 'waiting' ? [...QUEUE] : { decidedAt: 'desc' },
    take: most,
    include,
  })
  return rows.map((row) => {
    const request = requestOf(topologyOf(row.revision))
    const hosts = request.nodes.filter((n) => n.kind === 'host')
    return {
      id: row.id,
      state: row.state,
      slice: { id: row.slice.id, name: row.slice.name },
      project: { slug: row.slice.project.slug, name: row.slice.project.name },
      course: row.slice.project.course,
      requester: row.requester,
      reason: row.reason,
      placement: row.placement,
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      requestedAt: row.requestedAt,
      decidedAt: row.decidedAt,
      decider: row.decider?.name ?? null,
      decisionNote: row.decisionNote,
      hosts: hosts.length,
      links: request.links.length,
      cpuPercent: hosts.reduce((sum, h) => sum + h.cpuMilli, 0) / 10,
      memoryMib: request.nodes.reduce((sum, n) => sum + n.memoryMib, 0),
      diskMib: request.nodes.reduce((sum, n) => sum + n.diskMib, 0),
      linkMbps: request.links.reduce((sum, l) => sum + l.capacityMbps, 0),
    }
  })
}

const toDecide = {
  revision: true,
  slice: { select: { name: true } },
  requester: { select: { name: true } },
} satisfies Prisma.ReservationInclude
export type RequestToDecide = Prisma.ReservationGetPayload<{ include: typeof toDecide }>

export const findRequestToDecide = (db: Database, id: string): Promise<RequestToDecide | null> =>
  db.reservation.findUnique({ where: { id }, include: toDecide })

/** Others that hold nothing yet and want a part of the same window, those that asked first before the rest. */
export const listRivals = (db: Database, row: RequestToDecide, most: number): Promise<RequestToDecide[]> =>
  db.reservation.findMany({
    where: {
      id: { not: row.id },
      state: { in: ['requested', 'approved'] },
      startsAt: { lt: row.endsAt },
      endsAt: { gt: row.startsAt },
    },
    orderBy: { requestedAt: 'asc' },
    take: most,
    include: toDecide,
  })
