// How does a drawing become a request? Checks the drawing and the policy, and writes the reservation.
import { requestOf } from '@myvini/core/embedding/request'
import { checkGateways } from '@myvini/core/gateway/policy'
import { type Booking, decideBooking, sizeOf, type Totals } from '@myvini/core/reservation/policy'
import { HOLDING } from '@myvini/core/reservation/state'
import { peakOf, stepsOf, type Window } from '@myvini/core/reservation/timeline'
import { fail, ok, type Result } from '@myvini/core/result'
import { hasErrors, validateTopology } from '@myvini/core/topology/validate'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { checkImages } from './image-needs'
import { loadPolicyFor } from './policy'
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

const LIVE = [...HOLDING, 'approved', 'requested'] as const

/** What others of the project have in that window; of a course nothing counts: it is bounded by its students. */
async function othersOf(db: Transaction, book: BookSlice): Promise<Pick<Booking, 'slicesInWindow' | 'othersInWindow'>> {
  const course = await db.course.findUnique({ where: { projectId: book.projectId }, select: { id: true } })
  if (course) return { slicesInWindow: 0 }
  const rows = await db.reservation.findMany({
    where: {
      slice: { projectId: book.projectId, id: { not: book.sliceId } },
      state: { in: [...LIVE] },
      startsAt: { lt: book.endsAt },
      endsAt: { gt: book.startsAt },
    },
    select: { startsAt: true, endsAt: true, revision: { select: { document: true } } },
  })
  const window = { fromMs: book.startsAt.getTime(), untilMs: book.endsAt.getTime() }
  const others = rows.map((row) => ({
    fromMs: row.startsAt.getTime(),
    untilMs: row.endsAt.getTime(),
    amounts: sizeOf(requestOf(topologyOf(row.revision))),
  }))
  const peak = (what: keyof Totals) =>
    peakOf(
      stepsOf(others, (o) => o.amounts[what]),
      window,
    )
  return {
    slicesInWindow: rows.length,
    othersInWindow: { hosts: peak('hosts'), cpuPercent: peak('cpuPercent'), linkMbps: peak('linkMbps') },
  }
}

/** Its other windows; those that ended early count for as long as they lasted, and withdrawn ones not at all. */
export async function windowsOfSlice(db: Transaction, sliceId: string, except?: string): Promise<Window[]> {
  const rows = await db.reservation.findMany({
    where: {
      sliceId,
      ...(except !== undefined && { id: { not: except } }),
      OR: [{ state: { in: [...LIVE] } }, { state: 'ended', startedAt: { not: null } }],
    },
    select: { startsAt: true, endsAt: true, endingAt: true },
  })
  return rows.map(({ startsAt, endsAt, endingAt }) => ({
    fromMs: startsAt.getTime(),
    untilMs: Math.min(endsAt.getTime(), endingAt?.getTime() ?? Number.POSITIVE_INFINITY),
  }))
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
  const images = await checkImages(db, topology, book.now, book.projectId)
  if (!images.ok) return images
  // Two who book at once would each not see the other, and be beyond what the project may have together.
  await db.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`project ${book.projectId}`}, 0))::text`
  const { role } = await db.user.findUniqueOrThrow({ where: { id: book.requesterId }, select: { role: true } })
  const policy = await loadPolicyFor(db, role, book.projectId)
  const gateways = checkGateways(topology, role, policy.gateways)
  if (!gateways.ok) return gateways
  const { labId } = await db.slice.findUniqueOrThrow({ where: { id: book.sliceId }, select: { labId: true } })
  const decision = decideBooking(
    {
      request: requestOf(topology),
      startsAtMs: book.startsAt.getTime(),
      endsAtMs: book.endsAt.getTime(),
      reason: book.reason,
      ...(await othersOf(db, book)),
      windowsOfSlice: await windowsOfSlice(db, book.sliceId),
    },
    policy,
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
      // By the same look at the clock as "from now": one that is set back in between would make it begin hours later.
      requestedAt: book.now,
      reason: book.reason,
      placement: book.placement,
      priority: labId !== null && policy.labsFirst ? 1 : 0,
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
    // Many who book at once wait for each other rather than be turned away by an error.
    return await db.$transaction((tx) => bookSlice(tx, book), { timeout: 10_000, maxWait: 10_000 })
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
