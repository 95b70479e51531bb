// How does a reservation move from state to state? Only along core's table, and only if nobody was faster.

import {
  type Actor,
  type ReservationMove,
  type ReservationState,
  TRANSITIONS,
  transition,
} from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Database, Transaction } from './database'
import { Prisma } from './generated/client'

/** For a move that puts right what was wrong. */
export const NO_PROBLEM = { problem: Prisma.DbNull }

type Extra = Omit<Prisma.ReservationUncheckedUpdateManyInput, 'state' | 'id'>

const notThere = (id: string) =>
  fail<Problem>({
    code: 'reservation.gone',
    message: `There is no reservation ${id}.`,
    hint: 'It may have been deleted. Go back to your slices.',
    subject: { kind: 'reservation', id },
  })

/**
 * Takes `action` in one conditional update, so that of two who act at once exactly one succeeds and the other is told
 * how it stands now.
 */
export async function moveReservation(
  db: Database | Transaction,
  id: string,
  action: ReservationMove,
  actor: Actor,
  extra: Extra = {},
): Promise<Result<ReservationState>> {
  const from = TRANSITIONS[action].from
  const sample = transition(from[0], action, actor)
  if (!sample.ok) return sample
  const { count } = await db.reservation.updateMany({
    where: { id, state: { in: [...from] } },
    data: { ...extra, state: sample.value },
  })
  if (count === 1) return ok(sample.value)
  const row = await db.reservation.findUnique({ where: { id }, select: { state: true } })
  if (!row) return notThere(id)
  const result = transition(row.state, action, actor)
  // It changed between the update and the look: the caller may try again.
  return result.ok ? moveReservation(db, id, action, actor, extra) : result
}

/** Adds a line to the slice's events, for people. */
export async function tell(db: Database | Transaction, sliceId: string, kind: string, message: string): Promise<void> {
  await db.sliceEvent.create({ data: { sliceId, kind, message } })
}

/** Whose turn it is: labs of a course before others, then whoever asked first. */
export const QUEUE = [{ priority: 'desc' }, { requestedAt: 'asc' }] as const

const ids = (rows: { id: string }[]) => rows.map((row) => row.id)

/**
 * Whether a reservation's time has come. What was to begin when it was asked for is due whatever the clock says by now: one
 * that was set back in between must not keep somebody waiting for an hour who pressed "now".
 */
export const hasBegun = (row: { startsAt: Date; requestedAt: Date }, now: Date): boolean =>
  row.startsAt <= now || row.startsAt <= row.requestedAt

/** Ids of reservations of which something is due by the clock, or that wait to be admitted. */
export async function findDue(db: Database, now: Date) {
  const [toAdmit, toStart, toExpire] = await Promise.all([
    db.reservation.findMany({ where: { state: 'approved' }, orderBy: [...QUEUE], select: { id: true } }),
    db.reservation.findMany({
      where: {
        ...{ state: 'scheduled', endsAt: { gt: now } },
        OR: [{ startsAt: { lte: now } }, { startsAt: { lte: db.reservation.fields.requestedAt } }],
      },
      select: { id: true },
    }),
    db.reservation.findMany({
      where: { state: { in: ['scheduled', 'provisioning', 'running', 'degraded', 'failed'] }, endsAt: { lte: now } },
      select: { id: true },
    }),
  ])
  return { toAdmit: ids(toAdmit), toStart: ids(toStart), toExpire: ids(toExpire) }
}

/** Where something may have changed. `all`: hints may have been missed. */
export interface News {
  all: boolean
  nodes: readonly string[]
  slices: readonly string[]
}

export interface ToReview {
  id: string
  sliceId: string
  state: ReservationState
}

/**
 * Reservations whose state has to follow what their nodes say, among those touched by the news: one that waits for its parts
 * is not among them until the last has come. The conditions are those of the controller's review, which looks once more;
 * of one that ends, nothing is left anywhere, and that stays so.
 */
export async function findToReview(db: Database, news: News): Promise<ToReview[]> {
  const { all } = news
  const [nodes, slices] = [[...news.nodes], [...news.slices]]
  return db.$queryRaw<ToReview[]>`
    SELECT r."id", r."sliceId", r."state" FROM "Reservation" r
    CROSS JOIN LATERAL (
      SELECT bool_and(s."state" = 'gone') AS gone,
        bool_or(n."health" <> 'healthy' OR (s."state" = 'failed' AND n."settledGeneration" >= s."generation")) AS hurt,
        bool_and(s."state" = 'up' AND n."health" = 'healthy' AND s."generation" > 0
          AND n."settledGeneration" >= s."generation") AS up
      FROM "Sliver" s JOIN "SubstrateNode" n ON n."id" = s."nodeId" WHERE s."reservationId" = r."id") parts
    WHERE r."state" IN ('provisioning', 'running', 'degraded', 'ending')
      AND (${all} OR r."id" IN (
        SELECT "reservationId" FROM "Sliver" WHERE "nodeId" = ANY(${nodes})
        UNION SELECT "id" FROM "Reservation" WHERE "sliceId" = ANY(${slices})))
      AND CASE r."state"
        WHEN 'ending' THEN parts.gone IS NOT FALSE
        WHEN 'provisioning' THEN parts.up OR parts.hurt
        WHEN 'degraded' THEN parts.up
        ELSE parts.hurt END`
}

/** When the controller must look again by itself: the next start or end. */
export async function nextDeadline(db: Database, now: Date): Promise<Date | null> {
  const [start, end] = await Promise.all([
    db.reservation.findFirst({ where: { state: 'scheduled', startsAt: { gt: now } }, orderBy: { startsAt: 'asc' } }),
    db.reservation.findFirst({
      where: { state: { in: ['scheduled', 'provisioning', 'running', 'degraded', 'failed'] }, endsAt: { gt: now } },
      orderBy: { endsAt: 'asc' },
    }),
  ])
  const times = [start?.startsAt, end?.endsAt].filter((at) => at !== undefined)
  return times.length > 0 ? new Date(Math.min(...times.map((at) => at.getTime()))) : null
}
