// Which slices may somebody see, and how does each stand? One query, since a list is looked at more often than anything.
import type { ReservationState, SliceState } from '@myvini/core/reservation/state'
import type { Person } from './access'
import type { Database } from './database'
import { Prisma } from './generated/client'

export interface SliceRow {
  id: string
  name: string
  project: { id: string; slug: string; name: string }
  owner: { id: string; name: string }
  state: SliceState
  startsAt: Date | null
  endsAt: Date | null
  hosts: number
  lans: number
  links: number
  revision: number
  savedAt: Date
  createdAt: Date
  /** Made by an instructor for a lab: its drawing and its bookings are not the student's to change. */
  lab: { id: string; name: string } | null
  mayChange: boolean
}

interface Raw {
  id: string
  name: string
  createdAt: Date
  projectId: string
  projectSlug: string
  projectName: string
  ownerId: string
  ownerName: string
  revision: number
  savedAt: Date
  hosts: number
  lans: number
  links: number
  state: ReservationState | null
  startsAt: Date | null
  endsAt: Date | null
  labId: string | null
  labName: string | null
  membership: string | null
}

export interface ListSlices {
  /** `all`: everyone's, for admins. */
  scope: 'mine' | 'all'
  projectId?: string
}

// The rule for which reservation speaks for a slice is that of slice-status.ts.
const SPEAKS = Prisma.sql`
  SELECT "state", "startsAt", "endsAt" FROM "Reservation" WHERE "sliceId" = s."id"
  ORDER BY ("state" IN ('denied', 'ended')),
    CASE WHEN "state" IN ('denied', 'ended') THEN NULL ELSE "startsAt" END ASC, "requestedAt" DESC
  LIMIT 1`

export async function listSlices(db: Database, person: Person, list: ListSlices): Promise<SliceRow[]> {
  const everyone = list.scope === 'all' && person.role === 'admin'
  const visible = everyone
    ? Prisma.sql`TRUE`
    : Prisma.sql`m."role" IS NOT NULL AND (m."role" <> 'student' OR s."ownerId" = ${person.id})`
  const inProject = list.projectId === undefined ? Prisma.sql`TRUE` : Prisma.sql`s."projectId" = ${list.projectId}`
  const rows = await db.$queryRaw<Raw[]>`
    SELECT s."id", s."name", s."createdAt", s."labId", l."name" AS "labName",
      p."id" AS "projectId", p."slug" AS "projectSlug", p."name" AS "projectName",
      u."id" AS "ownerId", u."name" AS "ownerName", m."role"::text AS "membership",
      t."number" AS "revision", t."createdAt" AS "savedAt", t."hosts", t."lans", t."links",
      r."state"::text AS "state", r."startsAt", r."endsAt"
    FROM "Slice" s
    JOIN "Project" p ON p."id" = s."projectId"
    JOIN "User" u ON u."id" = s."ownerId"
    LEFT JOIN "Membership" m ON m."projectId" = s."projectId" AND m."userId" = ${person.id}
    LEFT JOIN "Lab" l ON l."id" = s."labId"
    JOIN LATERAL (
      SELECT "number", "createdAt", jsonb_array_length("document"->'hosts')::int AS "hosts",
        jsonb_array_length("document"->'lans')::int AS "lans", jsonb_array_length("document"->'links')::int AS "links"
      FROM "TopologyRevision" WHERE "sliceId" = s."id" ORDER BY "number" DESC LIMIT 1) t ON TRUE
    LEFT JOIN LATERAL (${SPEAKS}) r ON TRUE
    WHERE s."deletedAt" IS NULL AND ${visible} AND ${inProject}
    ORDER BY t."createdAt" DESC, s."id"`
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    project: { id: row.projectId, slug: row.projectSlug, name: row.projectName },
    owner: { id: row.ownerId, name: row.ownerName },
    state: row.state ?? 'draft',
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    hosts: row.hosts,
    lans: row.lans,
    links: row.links,
    revision: row.revision,
    savedAt: row.savedAt,
    createdAt: row.createdAt,
    lab: row.labId === null ? null : { id: row.labId, name: row.labName ?? '' },
    mayChange: person.role === 'admin' || (row.membership !== null && row.membership !== 'student'),
  }))
}
