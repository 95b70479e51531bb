// Can an approved reservation be promised? Solve on a snapshot, write in one transaction that re-checks, solve again when
// somebody was faster; what cannot be promised is denied in words.
import type { Embed, EmbeddingProblem } from '@myvini/core/embedding/embedding'
import { requestOf } from '@myvini/core/embedding/request'
import type { Problem } from '@myvini/core/result'
import { writeAdmission } from '@myvini/store/admission'
import type { Database } from '@myvini/store/database'
import { moveReservation, tell } from '@myvini/store/reservations'
import { topologyOf } from '@myvini/store/slices'
import { loadSubstrate } from '@myvini/store/substrate'
import { loadUsage } from '@myvini/store/usage'
import { z } from 'zod'

const Placement = z.enum(['spread', 'pack', 'distinct']).catch('spread')

/** Others may take the place between solving and writing; after this many times the substrate is simply contended. */
const ATTEMPTS = 8

export type AdmitOutcome = 'admitted' | 'denied' | 'changed'

async function deny(db: Database, id: string, sliceId: string, problem: Problem): Promise<AdmitOutcome> {
  const note = `${problem.message} ${problem.hint}`
  const moved = await moveReservation(db, id, 'deny', 'controller', {
    problem: { ...problem, subject: problem.subject ?? null },
    decidedAt: new Date(),
    decisionNote: note,
  })
  if (!moved.ok) return 'changed'
  await tell(db, sliceId, 'denied', note)
  return 'denied'
}

const contended: Problem = {
  code: 'admission.contended',
  message: 'Others kept taking the place that was found for it.',
  hint: 'Book it again.',
}

/** `changed`: it was withdrawn or taken by another controller meanwhile, and there is nothing to do. */
export async function admit(db: Database, embed: Embed, id: string): Promise<AdmitOutcome> {
  const row = await db.reservation.findUnique({ where: { id }, include: { revision: true } })
  if (row?.state !== 'approved') return 'changed'
  const topology = topologyOf(row.revision)
  const request = requestOf(topology)
  const window = { startsAt: row.startsAt, endsAt: row.endsAt }
  let problem: EmbeddingProblem | Problem = contended
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [substrate, usage] = await Promise.all([loadSubstrate(db), loadUsage(db, window)])
    const solved = embed(substrate, usage, request, { placement: Placement.parse(row.placement), seed: attempt })
    if (!solved.ok) {
      problem = solved.problem
      break
    }
    const written = await writeAdmission(db, {
      reservationId: id,
      ...window,
      topology,
      request,
      embedding: solved.value,
      substrate,
    })
    if (!written.ok) return 'changed'
    if (written.value === 'admitted') {
      const nodes = new Set(solved.value.nodes.values()).size
      await tell(
        db,
        row.sliceId,
        'admitted',
        `Placed on ${nodes} substrate ${nodes === 1 ? 'node' : 'nodes'}; capacity is reserved.`,
      )
      return 'admitted'
    }
  }
  return deny(db, id, row.sliceId, problem)
}
