// Who did what, newest first, as an admin looks for it?
import type { Database } from './database'
import type { Prisma } from './generated/client'

export interface AuditFilter {
  /** Part of an action: `reservation`, `slice.delete`. */
  action?: string
  actorId?: string
  subjectId?: string
  from?: Date
  until?: Date
  /** Entries older than this one. */
  before?: string
}

export interface AuditRow {
  id: string
  at: Date
  actor: { id: string; name: string } | null
  action: string
  subjectType: string
  subjectId: string
  /** What the subject is called, where it still is. */
  subject: string | null
  detail: Record<string, unknown>
}

/** Names of what entries are about, a query for each kind of thing. */
async function namesOf(
  db: Database,
  rows: readonly { subjectType: string; subjectId: string }[],
): Promise<Map<string, string>> {
  const ids = (type: string) => [...new Set(rows.filter((r) => r.subjectType === type).map((r) => r.subjectId))]
  const where = (type: string) => ({ where: { id: { in: ids(type) } }, select: { id: true, name: true } })
  const [slices, terminals, reservations, projects, courses, labs, nodes, users] = await Promise.all([
    db.slice.findMany(where('slice')),
    db.slice.findMany(where('terminal')),
    db.reservation.findMany({
      where: { id: { in: ids('reservation') } },
      select: { id: true, slice: { select: { name: true } } },
    }),
    db.project.findMany(where('project')),
    db.course.findMany(where('course')),
    db.lab.findMany(where('lab')),
    db.substrateNode.findMany(where('substrate-node')),
    db.user.findMany(where('user')),
  ])
  const named = [slices, terminals, projects, courses, labs, nodes, users].flat()
  return new Map([
    ...named.map((r) => [r.id, r.name] as const),
    ...reservations.map((r) => [r.id, r.slice.name] as const),
  ])
}

export async function listAudit(
  db: Database,
  filter: AuditFilter,
  most: number,
): Promise<{ rows: AuditRow[]; more: boolean }> {
  const where: Prisma.AuditEntryWhereInput = {
    ...(filter.action && { action: { contains: filter.action, mode: 'insensitive' as const } }),
    ...(filter.actorId && { actorId: filter.actorId }),
    ...(filter.subjectId && { subjectId: filter.subjectId }),
    ...((filter.from ?? filter.until) && {
      at: { ...(filter.from && { gte: filter.from }), ...(filter.until && { lt: filter.until }) },
    }),
    ...(filter.before !== undefined && { id: { lt: BigInt(filter.before) } }),
  }
  const found = await db.auditEntry.findMany({
    where,
    orderBy: { id: 'desc' },
    take: most + 1,
    include: { actor: { select: { id: true, name: true } } },
  })
  const rows = found.slice(0, most)
  const names = await namesOf(db, rows)
  return {
    rows: rows.map((row) => ({
      id: String(row.id),
      at: row.at,
      actor: row.actor,
      action: row.action,
      subjectType: row.subjectType,
      subjectId: row.subjectId,
      subject: names.get(row.subjectId) ?? null,
      // Written by audit.ts as an object.
      detail: row.detail as Record<string, unknown>,
    })),
    more: found.length > most,
  }
}
