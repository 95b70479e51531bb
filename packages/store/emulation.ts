// How is a link of a slice that runs emulated now? Settings that replace those of its drawing, and traces.
import { createHash } from 'node:crypto'
import { isOver, ON_NODES } from '@myvini/core/reservation/state'
import { fail, ok, type Result } from '@myvini/core/result'
import { Emulation, emulationWords } from '@myvini/core/topology/emulation'
import { graphOf, linkName } from '@myvini/core/topology/graph'
import { type TraceRun, TraceSteps } from '@myvini/core/topology/trace'
import { z } from 'zod'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { tell } from './reservations'
import { topologyOf } from './slices'
import { transact } from './transact'

const Document = z.object({ emulation: Emulation.nullable() })

/** By reservation and link; those that nobody has changed are left out. */
export async function loadEmulations(
  db: Database | Transaction,
  reservations: readonly string[],
): Promise<Map<string, Map<string, Emulation | null>>> {
  const rows = await db.linkEmulation.findMany({ where: { reservationId: { in: [...reservations] } } })
  const found = new Map<string, Map<string, Emulation | null>>()
  for (const row of rows) {
    const links = found.get(row.reservationId) ?? new Map<string, Emulation | null>()
    found.set(row.reservationId, links.set(row.linkId, Document.parse(row.document).emulation))
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

/** Takes effect as soon as the nodes at the link's ends have their next specs; nothing is booked again. */
export function changeEmulation(db: Database, change: EmulationChange): Promise<Result<null>> {
  const { reservationId, linkId, emulation, personId, personName } = change
  return transact(db, async (tx) => {
    const row = await tx.reservation.findUnique({
      where: { id: reservationId },
      select: { sliceId: true, state: true, revision: { select: { document: true } }, placements: true },
    })
    const topology = row && topologyOf(row.revision)
    const link = topology?.links.find((l) => l.id === linkId)
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
    const ends = new Set<string>(link.ends.map((end) => (end.kind === 'lan' ? end.lan : end.host)))
    if (ON_NODES.includes(row.state)) {
      const nodes = row.placements.filter((p) => ends.has(p.virtualId)).map((p) => p.nodeId)
      // Without a hash the next publication counts as new; the trigger tells whoever publishes. In the order of their ids,
      // as wherever more than one node is held.
      for (const id of [...new Set(nodes)].toSorted())
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
