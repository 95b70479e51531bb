// How does a reservation get more time? Where it is, with what it holds: the rows of its claims grow, and the database
// refuses what others have been promised.
import { requestOf } from '@myvini/core/embedding/request'
import { ceilingOf } from '@myvini/core/reservation/extension'
import { decideBooking, type Policy } from '@myvini/core/reservation/policy'
import { TRANSITIONS } from '@myvini/core/reservation/state'
import { Timeline, type Window } from '@myvini/core/reservation/timeline'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { NodeUsage, Usage } from '@myvini/core/substrate/usage'
import { writeAudit } from './audit'
import { windowsOfSlice } from './booking'
import type { Database, Transaction } from './database'
import { loadPolicyFor } from './policy'
import { tell } from './reservations'
import { isExclusion, isOverbooked } from './retry'
import { topologyOf } from './slices'
import { linkIdOf, loadSubstrate, nodeIdOf } from './substrate'
import { transact } from './transact'
import { loadClaims } from './usage'

/** States in which a window may still grow: it has a place, and is not being taken down. */
const EXTENDABLE = TRANSITIONS.extend.from
const HOUR_MS = 3_600_000

export interface Extension {
  /** The latest end that policy and others leave; the present end where there is no more time. */
  latestEndsAt: Date
  /** What stands in the way of more, in words. */
  because: string
}

const include = {
  revision: true,
  nodeClaims: true,
  linkClaims: true,
  slice: { select: { projectId: true } },
  requester: { select: { role: true } },
} as const

async function find(db: Database | Transaction, reservationId: string) {
  return db.reservation.findFirst({ where: { id: reservationId, state: { in: [...EXTENDABLE] } }, include })
}
type Row = NonNullable<Awaited<ReturnType<typeof find>>>

const notNow = () =>
  fail<Problem>({
    code: 'extension.wrong-state',
    message: 'Only what is scheduled or runs can be given more time.',
    hint: 'Look again at how it stands now, or book it anew.',
  })

function holdsOf(row: Row): Usage {
  return {
    nodes: new Map(row.nodeClaims.map((c): [ReturnType<typeof nodeIdOf>, NodeUsage] => [nodeIdOf(c.nodeId), c])),
    links: new Map(row.linkClaims.map((c) => [linkIdOf(c.substrateLinkId), c.mbps])),
  }
}

/** Longest window by the policy, for one who may only have what is approved at once and for an admin. */
const hoursAllowed = (policy: Policy, isAdmin: boolean): number =>
  isAdmin ? policy.most.windowHours : Math.min(policy.automatic.windowHours, policy.most.windowHours)

export async function extensionOf(
  db: Database,
  reservationId: string,
  isAdmin: boolean,
): Promise<Result<Extension, Problem>> {
  const row = await find(db, reservationId)
  if (!row) return notNow()
  const [policy, substrate] = await Promise.all([
    loadPolicyFor(db, row.requester.role, row.slice.projectId),
    loadSubstrate(db),
  ])
  const hours = hoursAllowed(policy, isAdmin)
  const byPolicy = row.startsAt.getTime() + hours * HOUR_MS
  const next = await db.reservation.findFirst({
    where: {
      sliceId: row.sliceId,
      id: { not: row.id },
      state: { notIn: ['denied', 'ended'] },
      endsAt: { gt: row.endsAt },
    },
    orderBy: { startsAt: 'asc' },
    select: { startsAt: true },
  })
  const claims = await loadClaims(
    db,
    { startsAt: row.endsAt, endsAt: new Date(Math.max(byPolicy, row.endsAt.getTime() + 1)) },
    row.id,
  )
  const endsAtMs = row.endsAt.getTime()
  const ceiling = ceilingOf({ substrate, others: new Timeline(claims), holds: holdsOf(row), endsAtMs })
  const limits = [
    {
      atMs: byPolicy,
      because: isAdmin
        ? `The policy allows windows of at most ${hours} h.`
        : `Windows of up to ${hours} h are approved at once; an admin can give more.`,
    },
    ...(ceiling ? [{ atMs: ceiling.atMs, because: `From then on ${ceiling.because} is promised to others.` }] : []),
    ...(next ? [{ atMs: next.startsAt.getTime(), because: 'Then the next booking of this slice begins.' }] : []),
  ]
  const [first] = limits.toSorted((a, b) => a.atMs - b.atMs)
  return ok({
    latestEndsAt: new Date(Math.max(endsAtMs, first?.atMs ?? endsAtMs)),
    because: first?.because ?? '',
  })
}

export interface Extend {
  reservationId: string
  endsAt: Date
  personId: string
  personName: string
  isAdmin: boolean
  now: Date
}

function checkPolicy(row: Row, extend: Extend, policy: Policy, windowsOfSlice: readonly Window[]): Result<null> {
  const decision = decideBooking(
    {
      request: requestOf(topologyOf(row.revision)),
      startsAtMs: row.startsAt.getTime(),
      endsAtMs: extend.endsAt.getTime(),
      reason: row.reason || 'given',
      slicesInWindow: 0,
      windowsOfSlice,
    },
    policy,
    // As if it were booked when it began: a window that runs has begun in the past.
    Math.min(extend.now.getTime(), row.startsAt.getTime()),
  )
  if (!decision.ok) return decision
  const hours = (extend.endsAt.getTime() - row.startsAt.getTime()) / HOUR_MS
  return hours > hoursAllowed(policy, extend.isAdmin)
    ? fail({
        code: 'extension.beyond-policy',
        message: `The window would be ${Math.round(hours * 10) / 10} h long; up to ${hoursAllowed(policy, extend.isAdmin)} h are approved at once.`,
        hint: 'Choose an earlier end, or ask an admin to extend it.',
        subject: { kind: 'field', id: 'endsAt' },
      })
    : ok(null)
}

async function extendIn(tx: Transaction, extend: Extend): Promise<Result<Date>> {
  // As everybody does who claims: the reservation first, then nodes, then links, so that nobody waits in a circle.
  await tx.$queryRaw`SELECT 1 FROM "Reservation" WHERE "id" = ${extend.reservationId} FOR NO KEY UPDATE`
  const row = await find(tx, extend.reservationId)
  if (!row || row.endsAt <= extend.now) return notNow()
  if (extend.endsAt <= row.endsAt)
    return fail({
      code: 'extension.not-later',
      message: 'It ends then or later already.',
      hint: 'Choose a later end. To give time back, end it earlier or stop it.',
      subject: { kind: 'field', id: 'endsAt' },
    })
  const allowed = checkPolicy(
    row,
    extend,
    await loadPolicyFor(tx, row.requester.role, row.slice.projectId),
    await windowsOfSlice(tx, row.sliceId, row.id),
  )
  if (!allowed.ok) return allowed
  const { count } = await tx.reservation.updateMany({
    where: { id: row.id, state: { in: [...EXTENDABLE] } },
    data: { endsAt: extend.endsAt },
  })
  if (count === 0) return notNow()
  const where = { reservationId: row.id }
  await tx.nodeClaim.updateMany({ where, data: { endsAt: extend.endsAt } })
  await tx.linkClaim.updateMany({ where, data: { endsAt: extend.endsAt } })
  await tell(tx, row.sliceId, 'extended', `Extended by ${extend.personName}.`)
  await writeAudit(tx, {
    actorId: extend.personId,
    action: 'reservation.extend',
    subjectType: 'reservation',
    subjectId: row.id,
    detail: { from: row.endsAt.toISOString(), until: extend.endsAt.toISOString() },
  })
  return ok(extend.endsAt)
}

export async function extendReservation(db: Database, extend: Extend): Promise<Result<Date, Problem>> {
  try {
    return await transact(db, (tx) => extendIn(tx, extend))
  } catch (error) {
    if (isExclusion(error))
      return fail({
        code: 'extension.next-booking',
        message: 'The next booking of this slice begins before that.',
        hint: 'Withdraw that one first, or choose an earlier end.',
        subject: { kind: 'field' as const, id: 'endsAt' },
      })
    if (!isOverbooked(error)) throw error
    const possible = await extensionOf(db, extend.reservationId, extend.isAdmin)
    return fail({
      code: 'extension.taken',
      message: possible.ok ? possible.value.because : 'Others have been promised what it holds.',
      hint: possible.ok
        ? `It can go on until ${possible.value.latestEndsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`
        : 'Choose an earlier end.',
      subject: { kind: 'field' as const, id: 'endsAt' },
    })
  }
}
