// How does a drawing become a request? Checks the drawing and the policy, and writes the reservation.
import { requestOf } from '@myvini/core/embedding/request'
import { decideBooking } from '@myvini/core/reservation/policy'
import { HOLDING } from '@myvini/core/reservation/state'
import { fail, ok, type Result } from '@myvini/core/result'
import { hasErrors, validateTopology } from '@myvini/core/topology/validate'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { checkImages } from './images'
import { loadPolicy } from './policy'
import { tell } from './reservations'
import { isExclusion } from './retry'
import { latestRevision, topologyOf } from './slices'

export interface BookSlice {
  sliceId: string
  projectId: string
  requesterId: string
  startsAt: Date
  endsAt: Date
  reason: string
  placement: 'spread' | 'pack' | 'distinct'
  now: Date
}

async function slicesInWindow(db: Transaction, book: BookSlice): Promise<number> {
  const course = await db.course.findUnique({ where: { projectId: book.projectId }, select: { id: true } })
  // A class has a slice for each student; its size is bounded by its window and its students.
  if (course) return 0
  return db.reservation.count({
    where: {
      slice: { projectId: book.projectId, id: { not: book.sliceId } },
      state: { in: [...HOLDING, 'approved', 'requested'] },
      startsAt: { lt: book.endsAt },
      endsAt: { gt: book.startsAt },
    },
  })
}

/** The reservation is approved at once where the policy allows it; else it waits for an admin. */
export async function bookSlice(
  db: Transaction,
  book: BookSlice,
): Promise<Result<{ id: string; state: 'approved' | 'requested' }>> {
  const revision = await latestRevision(db, book.sliceId)
  const topology = topologyOf(revision)
  const problems = validateTopology(topology)
  const first = problems.find((p) => p.severity === 'error')
  if (hasErrors(problems) && first) return fail(first)
  const images = await checkImages(db, topology, book.now)
  if (!images.ok) return images
  const decision = decideBooking(
    {
      request: requestOf(topology),
      startsAtMs: book.startsAt.getTime(),
      endsAtMs: book.endsAt.getTime(),
      reason: book.reason,
      slicesInWindow: await slicesInWindow(db, book),
    },
    await loadPolicy(db),
    book.now.getTime(),
  )
  if (!decision.ok) return decision
  const state = decision.value === 'automatic' ? 'approved' : 'requested'
  const row = await db.reservation.create({
    data: {
      sliceId: book.sliceId,
      revisionId: revision.id,
      requesterId: book.requesterId,
      state,
      startsAt: book.startsAt,
      endsAt: book.endsAt,
      reason: book.reason,
      placement: book.placement,
      ...(state === 'approved' && { decidedAt: book.now, decisionNote: 'Within the policy for automatic approval.' }),
    },
    select: { id: true },
  })
  await writeAudit(db, {
    actorId: book.requesterId,
    action: 'reservation.request',
    subjectType: 'reservation',
    subjectId: row.id,
  })
  await tell(
    db,
    book.sliceId,
    'requested',
    state === 'approved' ? 'Booked; approved by policy.' : 'Requested; waits for an admin.',
  )
  return ok({ id: row.id, state })
}

/** `bookSlice` in a transaction of its own; a slice that is booked for that time already is told so. */
export async function requestReservation(db: Database, book: BookSlice) {
  try {
    return await db.$transaction((tx) => bookSlice(tx, book))
  } catch (error) {
    if (!isExclusion(error)) throw error
    return fail({
      code: 'booking.already-booked',
      message: 'This slice is booked for that time already.',
      hint: 'Stop or withdraw the other reservation first, or choose a window after it.',
      subject: { kind: 'slice' as const, id: book.sliceId },
    })
  }
}
