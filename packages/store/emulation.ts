// How is a link of a slice that runs emulated now? Settings that replace those of its drawing, and traces.
import { createHash } from 'node:crypto'
import { isOver, ON_NODES, type ReservationState } from '@myvini/core/reservation/state'
import { fail, ok, type Result } from '@myvini/core/result'
import { Emulation, emulationWords } from '@myvini/core/topology/emulation'
import { graphOf, linkName } from '@myvini/core/topology/graph'
import { type TraceRun, TraceSteps } from '@myvini/core/topology/trace'
import { z } from 'zod'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { Prisma } from './generated/client'
import { tell } from './reservations'
import { topologyOf } from './slices'
import { transact } from './transact'

const Document = z.object({ emulation: Emulation.nullable() })

/** Of a row; null: frames pass as they are. */
export const emulationIn = (document: unknown): Emulation | null => Document.parse(document).emulation

/** By reservation and link; those that nobody has changed are left out. */
export async function loadEmulations(
  db: Database | Transaction,
  reservations: readonly string[],
): Promise<Map<string, Map<string, Emulation | null>>> {
  const rows = await db.linkEmulation.findMany({ where: { reservationId: { in: [...reservations] } } })
  const found = new Map<string, Map<string, Emulation | null>>()
  for (const row of rows) {
    const links = found.get(row.reservationId) ?? new Map<string, Emulation | null>()
    found.set(row.reservationId, links.set(row.linkId, emulationIn(row.document)))
  }
  return found
}

/** Of the files that links follow; one that is not stored any more is left out, and its link has no trace. */
export async function loadTraces(db: Database | Transaction, ids: Iterable<string>): Promise<Map<string, TraceRun[]>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const rows = await db.linkTrace.findMany({ where: { id: { in: wanted } } })
  return new Map(rows.map((row) => [row.id, TraceSteps.parse(row.steps)]))
}

/** The id follows from the content, so that the same file is kept once. */
export async function saveTrace(db: Database | Transaction, steps: readonly TraceRun[]): Promise<string> {
  const id = createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, 32)
  await db.linkTrace.upsert({ where: { id }, create: { id, steps: steps.map((s) => [...s]) }, update: {} })
  return id
}

export interface EmulationChange {
  reservationId: string
  linkId: string
  emulation: Emulation | null
  personId: string
  personName: string
}

const traceIds = (emulation: Emulation | null) => (emulation ?? []).flatMap((i) => (i.trace ? [i.trace.id] : []))

interface Affected {
  sliceId: string
  state: ReservationState
  /** Of the drawing only the link and what it joins; null: there is no such link. */
  document: Prisma.JsonValue
  /** Where its ends are. */
  nodes: string[]
}

/** A drawing has hundreds of hosts, of which a link has two: the others stay in the database. */
async function readAffected(tx: Transaction, reservationId: string, linkId: string): Promise<Affected | null> {
  const rows = await tx.$queryRaw<Affected[]>`
    WITH drawing AS MATERIALIZED (
      SELECT r."id", r."sliceId", r."state", t."document" AS d
      FROM "Reservation" r JOIN "TopologyRevision" t ON t."id" = r."revisionId" WHERE r."id" = ${reservationId}
    ), found AS MATERIALIZED (
      SELECT l AS link, ARRAY(SELECT coalesce(e->>'host', e->>'lan') FROM jsonb_array_elements(l->'ends') e) AS ends
      FROM drawing, jsonb_array_elements(d->'links') l WHERE l->>'id' = ${linkId} LIMIT 1
    )
    SELECT "sliceId", "state", CASE WHEN link IS NOT NULL THEN d - 'hosts' - 'lans' - 'links' || jsonb_build_object(
        'links', jsonb_build_array(link),
        'hosts', (SELECT coalesce(jsonb_agg(h), '[]') FROM jsonb_array_elements(d->'hosts') h WHERE h->>'id' = ANY(ends)),
        'lans', (SELECT coalesce(jsonb_agg(l), '[]') FROM jsonb_array_elements(d->'lans') l WHERE l->>'id' = ANY(ends))
      ) END AS "document",
      ARRAY(SELECT DISTINCT p."nodeId" FROM "HostPlacement" p
        WHERE p."reservationId" = drawing."id" AND p."virtualId" = ANY(ends) ORDER BY p."nodeId") AS "nodes"
    FROM drawing LEFT JOIN found ON true`
  return rows[0] ?? null
}

/** Takes effect as soon as the nodes at the link's ends have their next specs; nothing is booked again. */
export function changeEmulation(db: Database, change: EmulationChange): Promise<Result<null>> {
  const { reservationId, linkId, emulation, personId, personName } = change
  return transact(db, async (tx) => {
    const row = await readAffected(tx, reservationId, linkId)
    const topology = row?.document ? topologyOf({ document: row.document }) : null
    const [link] = topology?.links ?? []
    if (!row || !topology || !link)
      return fail({
        code: 'emulation.no-link',
        message: 'What runs has no such link.',
        hint: 'It may have been drawn after the booking. Book the slice again to have it run.',
      })
    if (isOver(row.state) || row.state === 'ending')
      return fail({
        code: 'emulation.over',
        message: 'The slice no longer runs.',
        hint: 'Change the drawing instead, and book it.',
      })
    const traces = await loadTraces(tx, traceIds(emulation))
    if (traceIds(emulation).some((id) => !traces.has(id)))
      return fail({
        code: 'emulation.no-trace',
        message: 'The trace is not known here.',
        hint: 'Upload the file again.',
        subject: { kind: 'link', id: linkId },
      })
    const data = { document: { emulation }, personId, changedAt: new Date() }
    await tx.linkEmulation.upsert({
      where: { reservationId_linkId: { reservationId, linkId } },
      create: { reservationId, linkId, ...data },
      update: data,
    })
    if (ON_NODES.includes(row.state)) {
      // Without a hash the next publication counts as new; the trigger tells whoever publishes. In the order of their ids,
      // as wherever more than one node is held.
      for (const id of row.nodes)
        await tx.substrateNode.updateMany({ where: { id, generation: { gt: 0 } }, data: { specHash: '' } })
    }
    const name = linkName(graphOf(topology), link)
    const words = emulationWords(emulation) || 'none'
    await tell(tx, row.sliceId, 'emulation', `${personName} changed the emulation of ${name}: ${words}.`)
    await writeAudit(tx, {
      actorId: personId,
      action: 'reservation.emulate',
      subjectType: 'reservation',
      subjectId: reservationId,
      detail: { link: name, emulation: words },
    })
    return ok(null)
  })
}
