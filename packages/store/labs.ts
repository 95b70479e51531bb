// One exercise of a course: a topology that each student gets a slice of, started and stopped for all of them.
import { isOver, type ReservationState, type SliceState, transition } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Topology } from '@myvini/core/topology/topology'
import { writeAudit } from './audit'
import { bookSlice } from './booking'
import type { Database, Transaction } from './database'
import { actOnReservation } from './reservation-actions'
import { tell } from './reservations'
import { isExclusion } from './retry'
import { freeSliceName } from './slice-name'
import { createSlice, topologyOf } from './slices'
import { transact } from './transact'

export interface LabRow {
  id: string
  name: string
  startsAt: Date | null
  endsAt: Date | null
  createdAt: Date
  hosts: number
  links: number
  /** How many of its slices are in each state. */
  states: Partial<Record<SliceState, number>>
}

interface Standing {
  state: ReservationState
  startsAt: Date
  requestedAt: Date
}

/** The reservation that speaks for a slice, by the rule of slice-status.ts. */
function speaksFor<T extends Standing>(reservations: readonly T[]): T | undefined {
  const live = reservations
    .filter((r) => !isOver(r.state))
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
  return live[0] ?? reservations.toSorted((a, b) => b.requestedAt.getTime() - a.requestedAt.getTime())[0]
}

export async function listLabs(db: Database, courseId: string): Promise<LabRow[]> {
  const rows = await db.lab.findMany({
    where: { courseId },
    include: {
      slices: {
        where: { deletedAt: null },
        select: { reservations: { select: { state: true, startsAt: true, requestedAt: true } } },
      },
    },
    orderBy: { createdAt: 'desc' },
  })
  return rows.map((row) => {
    const topology = topologyOf(row)
    const states: Partial<Record<SliceState, number>> = {}
    for (const slice of row.slices) {
      const state = speaksFor(slice.reservations)?.state ?? 'draft'
      states[state] = (states[state] ?? 0) + 1
    }
    const { id, name, startsAt, endsAt, createdAt } = row
    const counts = { hosts: topology.hosts.length, links: topology.links.length }
    return { id, name, startsAt, endsAt, createdAt, ...counts, states }
  })
}

export interface NewLab {
  actorId: string
  courseId: string
  name: string
  topology: Topology
  startsAt: Date | null
  endsAt: Date | null
}

export function createLab(db: Database, lab: NewLab): Promise<{ id: string }> {
  return db.$transaction(async (tx) => {
    const { actorId, courseId, name, topology, startsAt, endsAt } = lab
    const row = await tx.lab.create({
      data: { courseId, name, document: topology, startsAt, endsAt },
      select: { id: true },
    })
    await auditLab(tx, actorId, 'lab.create', row.id, { name })
    return row
  })
}

const auditLab = (tx: Database | Transaction, actorId: string, action: string, subjectId: string, detail = {}) =>
  writeAudit(tx, { actorId, action, subjectType: 'lab', subjectId, detail })

export interface LabSlice {
  student: { id: string; name: string; email: string; joined: boolean }
  sliceId: string | null
  state: SliceState
  startsAt: Date | null
  endsAt: Date | null
  /** Why it was denied or failed, or what the admin said. */
  note: string | null
  /** Parts on substrate nodes that are up, of all; null where nothing is on its way. */
  parts: { up: number; of: number } | null
}

/** Every student of the course, with how their slice of this lab stands. */
export async function labOverview(db: Database, lab: { id: string; projectId: string }): Promise<LabSlice[]> {
  const [students, slices] = await Promise.all([
    db.membership.findMany({
      where: { projectId: lab.projectId, role: 'student' },
      include: { user: { include: { accounts: { select: { id: true }, take: 1 } } } },
      orderBy: { user: { name: 'asc' } },
    }),
    db.slice.findMany({
      where: { labId: lab.id, deletedAt: null },
      include: { reservations: { include: { slivers: { select: { state: true } } } } },
    }),
  ])
  const sliceOf = new Map(slices.map((s) => [s.ownerId, s]))
  return students.map(({ user }) => {
    const slice = sliceOf.get(user.id)
    const reservation = slice ? speaksFor(slice.reservations) : undefined
    // Written only by our own code, as a Problem.
    const problem = reservation?.problem as Problem | null | undefined
    const slivers = reservation?.slivers ?? []
    return {
      student: { id: user.id, name: user.name, email: user.email, joined: user.accounts.length > 0 },
      sliceId: slice?.id ?? null,
      state: reservation?.state ?? 'draft',
      startsAt: reservation?.startsAt ?? null,
      endsAt: reservation?.endsAt ?? null,
      note: problem ? `${problem.message} ${problem.hint}` : (reservation?.decisionNote ?? null),
      parts: slivers.length > 0 ? { up: slivers.filter((s) => s.state === 'up').length, of: slivers.length } : null,
    }
  })
}

export interface StartLab {
  lab: { id: string; name: string; courseId: string; projectId: string; topology: Topology }
  actorId: string
  startsAt: Date
  endsAt: Date
  placement: 'spread' | 'pack' | 'distinct'
  reason: string
  now: Date
}

export type Started = { outcome: 'approved' | 'requested' | 'already' } | { outcome: 'refused'; problem: Problem }

async function sliceFor(
  tx: Transaction,
  start: StartLab,
  student: { id: string; name: string },
): Promise<Result<string>> {
  const { lab } = start
  // Two people who start a lab at once: the second waits here, and then finds the slice of the first.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${lab.id} ${student.id}`}, 0))::text`
  const known = await tx.slice.findFirst({ where: { labId: lab.id, ownerId: student.id, deletedAt: null } })
  if (known) return ok(known.id)
  const name = await freeSliceName(tx, lab.projectId, `${lab.name}: ${student.name}`)
  const made = await createSlice(tx, {
    projectId: lab.projectId,
    ownerId: student.id,
    name,
    topology: lab.topology,
    labId: lab.id,
  })
  if (!made.ok) return made
  await tell(tx, made.value.id, 'created', `Made for the lab ${lab.name}.`)
  return ok(made.value.id)
}

/** A student's slice, made if there is none, and booked. Either all of it is there afterwards or nothing new. */
export async function startFor(db: Database, start: StartLab, student: { id: string; name: string }): Promise<Started> {
  try {
    const result = await transact(db, async (tx) => {
      const sliceId = await sliceFor(tx, start, student)
      if (!sliceId.ok) return sliceId
      return bookSlice(tx, {
        sliceId: sliceId.value,
        projectId: start.lab.projectId,
        requesterId: start.actorId,
        startsAt: start.startsAt,
        endsAt: start.endsAt,
        reason: start.reason,
        placement: start.placement,
        now: start.now,
      })
    })
    return result.ok ? { outcome: result.value.state } : { outcome: 'refused', problem: result.problem }
  } catch (error) {
    // Booked for that time already: what was wanted is so.
    if (isExclusion(error)) return { outcome: 'already' }
    throw error
  }
}

export interface LiveLabSlice {
  reservationId: string
  state: ReservationState
  student: string
}

export async function liveOf(db: Database | Transaction, labId: string): Promise<LiveLabSlice[]> {
  const rows = await db.reservation.findMany({
    where: { slice: { labId, deletedAt: null }, state: { notIn: ['ended', 'denied', 'ending'] } },
    select: { id: true, state: true, slice: { select: { owner: { select: { name: true } } } } },
  })
  return rows.map((row) => ({ reservationId: row.id, state: row.state, student: row.slice.owner.name }))
}

/** Withdrawn before it has begun, stopped after. */
export function endFor(
  db: Database,
  end: { live: LiveLabSlice; actor: { id: string; name: string }; now: Date },
): Promise<Result<ReservationState>> {
  const { live, actor, now } = end
  const action = transition(live.state, 'withdraw', 'user').ok ? 'withdraw' : 'stop'
  return transact(db, (tx) =>
    actOnReservation(tx, {
      reservationId: live.reservationId,
      action,
      actor: 'user',
      personId: actor.id,
      personName: actor.name,
      note: '',
      now,
    }),
  )
}

/** With all its slices, once nothing of them is booked. */
export function removeLab(db: Database, change: { actorId: string; labId: string; now: Date }): Promise<Result<null>> {
  return transact(
    db,
    async (tx) => {
      const { labId, now } = change
      const busy = await tx.reservation.count({
        where: { slice: { labId, deletedAt: null }, state: { notIn: ['ended', 'denied'] } },
      })
      if (busy > 0)
        return fail({
          code: 'lab.in-use',
          message: `${busy} slices of this lab are still booked, running or ending.`,
          hint: 'Stop it for all first, and wait until they have ended.',
        })
      await tx.slice.updateMany({ where: { labId, deletedAt: null }, data: { deletedAt: now, nameKey: null } })
      const { name } = await tx.lab.delete({ where: { id: labId }, select: { name: true } })
      await auditLab(tx, change.actorId, 'lab.remove', labId, { name })
      return ok(null)
    },
    { timeoutMs: 30_000 },
  )
}

export function setLabRecording(
  db: Database,
  change: { actorId: string; labId: string; records: boolean },
): Promise<void> {
  const { actorId, labId, records } = change
  return db.$transaction(async (tx) => {
    await tx.lab.update({ where: { id: labId }, data: { recordsTerminals: records } })
    await auditLab(tx, actorId, records ? 'lab.record' : 'lab.record-off', labId, {})
  })
}

export const auditLabRun = (
  db: Database,
  actorId: string,
  action: 'lab.start' | 'lab.stop',
  labId: string,
  count: number,
) => auditLab(db, actorId, action, labId, { count })
