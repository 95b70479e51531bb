// What did nodes find wrong, and put right? Written as they report it, read by whoever the thing belongs to.
import type { Drift, DriftKind } from '@myvini/core/desired/drift'
import { DriftKind as Kind } from '@myvini/core/desired/drift'
import { driftWords } from '@myvini/core/desired/drift-words'
import { partIdOf } from '@myvini/core/desired/naming'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Subject } from '@myvini/core/result'
import { graphOf, linkName } from '@myvini/core/topology/graph'
import type { Database } from './database'
import type { Prisma } from './generated/client'
import { topologyOf } from './slices'

/** Kept of each slice on each node, so that one with a grudge does not crowd out the others; and of a node in all. */
const KEPT = { aSlice: 30, aNode: 300 } as const

/** What is written of each node's drift, so that what was told already costs the database nothing. */
export type DriftMemory = Map<string, string>

const textOf = (d: Drift): string => `${d.since ?? d.at} ${d.times ?? 1}`

/** Tells the same of the same thing in the same words, whichever agent says so. */
function findingOf(d: Drift): string {
  if (d.kind === undefined) return d.what
  return [d.kind, d.host ?? d.link ?? d.what, d.host === undefined ? '' : (d.interface ?? '')].join(' ').slice(0, 400)
}

/**
 * Writes what is new in a report; told twice, or by two controllers, it is written once. `memory` is of this node.
 * Returns whether there was anything new.
 */
export async function recordDrift(
  db: Database,
  node: SubstrateNodeId,
  drift: readonly Drift[],
  memory: DriftMemory,
): Promise<boolean> {
  const news = drift.filter((d) => memory.get(findingOf(d)) !== textOf(d))
  if (news.length === 0) return false
  // One row a finding: an agent of before repeats were counted may tell the same twice.
  const byRow = new Map(news.map((d) => [`${findingOf(d)} ${d.since ?? d.at}`, d]))
  const rows = [...byRow.values()].map((d) => ({
    finding: findingOf(d),
    firstAt: d.since ?? d.at,
    lastAt: d.at,
    times: d.times ?? 1,
    kind: d.kind ?? null,
    what: d.what,
    reservation: d.reservation ?? null,
    virtualId: d.host === undefined ? null : partIdOf(d.reservation ?? '', d.host),
    interface: d.interface ?? null,
    linkId: d.link === undefined ? null : partIdOf(d.reservation ?? '', d.link),
  }))
  await db.$transaction([
    db.$executeRaw`
      INSERT INTO "NodeDrift" ("nodeId", "finding", "firstAt", "lastAt", "times", "kind", "what", "reservationId", "virtualId",
        "interface", "linkId")
      SELECT ${node}, v.finding, v."firstAt", v."lastAt", v.times, v.kind, v.what, r."id", v."virtualId", v.interface, v."linkId"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS v(finding text, "firstAt" timestamptz, "lastAt" timestamptz,
        times int, kind text, what text, reservation text, "virtualId" text, interface text, "linkId" text)
      LEFT JOIN "Reservation" r ON r."id" = v.reservation
      ON CONFLICT ("nodeId", "finding", "firstAt") DO UPDATE
        SET "lastAt" = EXCLUDED."lastAt", "times" = EXCLUDED."times" WHERE "NodeDrift"."times" < EXCLUDED."times"`,
    db.$executeRaw`
      DELETE FROM "NodeDrift" WHERE "id" IN (
        SELECT "id" FROM (
          SELECT "id", row_number() OVER (PARTITION BY "reservationId" ORDER BY "lastAt" DESC, "id" DESC) AS ofslice,
            row_number() OVER (ORDER BY "lastAt" DESC, "id" DESC) AS ofnode
          FROM "NodeDrift" WHERE "nodeId" = ${node}) d
        WHERE ofslice > ${KEPT.aSlice} OR ofnode > ${KEPT.aNode})`,
  ])
  // What the agent no longer tells of need not be remembered.
  memory.clear()
  for (const d of drift) memory.set(findingOf(d), textOf(d))
  return true
}

export interface DriftRow {
  id: string
  /** As one sentence, in the names of the drawing. */
  message: string
  firstAt: Date
  lastAt: Date
  times: number
  node: { id: string; name: string }
  slice: { id: string; name: string } | null
  /** What to show when somebody asks which. */
  subject: Subject | null
}

const include = {
  node: { select: { id: true, name: true } },
  reservation: { include: { slice: { select: { id: true, name: true, deletedAt: true } }, revision: true } },
} satisfies Prisma.NodeDriftInclude
type Row = Prisma.NodeDriftGetPayload<{ include: typeof include }>

interface Names {
  hosts: ReadonlyMap<string, string>
  lans: ReadonlyMap<string, string>
  links: ReadonlyMap<string, string>
}

function namesIn(revision: { document: Prisma.JsonValue }): Names {
  const topology = topologyOf(revision)
  const graph = graphOf(topology)
  return {
    hosts: new Map(topology.hosts.map((h) => [h.id, h.name])),
    lans: new Map(topology.lans.map((l) => [l.id, l.name])),
    links: new Map(topology.links.map((l) => [l.id, linkName(graph, l)])),
  }
}

const NO_NAMES: Names = { hosts: new Map(), lans: new Map(), links: new Map() }

function subjectOf({ virtualId, linkId }: Row, names: Names): Subject | null {
  if (virtualId !== null && names.hosts.has(virtualId)) return { kind: 'host', id: virtualId }
  if (virtualId !== null && names.lans.has(virtualId)) return { kind: 'lan', id: virtualId }
  return linkId !== null && names.links.has(linkId) ? { kind: 'link', id: linkId } : null
}

function told(rows: readonly Row[]): DriftRow[] {
  const named = new Map<string, Names>()
  return rows.map((row) => {
    const { reservation } = row
    const names = (reservation && (named.get(reservation.revisionId) ?? namesIn(reservation.revision))) ?? NO_NAMES
    if (reservation) named.set(reservation.revisionId, names)
    const { virtualId, linkId } = row
    const lan = virtualId === null ? undefined : names.lans.get(virtualId)
    const kind = Kind.nullable().catch(null).parse(row.kind) satisfies DriftKind | null
    return {
      id: String(row.id),
      message: driftWords(kind, {
        host: lan ?? (virtualId === null ? null : (names.hosts.get(virtualId) ?? null)),
        isLan: lan !== undefined,
        interface: row.interface,
        link: linkId === null ? null : (names.links.get(linkId) ?? null),
        what: row.what,
      }),
      firstAt: row.firstAt,
      lastAt: row.lastAt,
      times: row.times,
      node: row.node,
      slice: reservation && reservation.slice.deletedAt === null ? reservation.slice : null,
      subject: subjectOf(row, names),
    }
  })
}

/** Newest first. */
async function listDrift(db: Database, where: Prisma.NodeDriftWhereInput, most: number): Promise<DriftRow[]> {
  return told(
    await db.nodeDrift.findMany({ where, orderBy: [{ lastAt: 'desc' }, { id: 'desc' }], take: most, include }),
  )
}

/** What was put right of a slice, whichever of its reservations it belonged to. */
export const listSliceDrift = (db: Database, sliceId: string, most: number): Promise<DriftRow[]> =>
  listDrift(db, { reservation: { sliceId } }, most)

export const listNodeDrift = (db: Database, nodeId: string, most: number): Promise<DriftRow[]> =>
  listDrift(db, { nodeId }, most)
