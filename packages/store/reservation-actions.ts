// What does a person do to a reservation? The move, its record and the line in the slice's events, together.
import type { Actor, ReservationState } from '@myvini/core/reservation/state'
import type { Result } from '@myvini/core/result'
import { releaseHoldings } from './admission'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { moveReservation, tell } from './reservations'
import { transact } from './transact'

export interface PersonalAction {
  reservationId: string
  action: 'approve' | 'deny' | 'withdraw' | 'stop'
  actor: Extract<Actor, 'user' | 'admin'>
  personId: string
  personName: string
  /** Why, in the person's words; for approve and deny it is shown to whoever asked. */
  note: string
  now: Date
}

const withNote = (text: string, note: string) => (note.trim() === '' ? `${text}.` : `${text}: ${note.trim()}`)

function storyOf({ action, personName, note }: PersonalAction): { kind: string; text: string } {
  switch (action) {
    case 'approve':
      return { kind: 'approved', text: withNote(`Approved by ${personName}`, note) }
    case 'deny':
      return { kind: 'denied', text: withNote(`Denied by ${personName}`, note) }
    case 'withdraw':
      return { kind: 'withdrawn', text: withNote(`Withdrawn by ${personName}`, note) }
    case 'stop':
      return { kind: 'ending', text: withNote(`Stopped by ${personName}`, note) }
  }
}

/** The state it is in by then. */
export async function actOnReservation(tx: Transaction, act: PersonalAction): Promise<Result<ReservationState>> {
  const decision = act.action === 'approve' || act.action === 'deny'
  const moved = await moveReservation(tx, act.reservationId, act.action, act.actor, {
    ...(decision && { deciderId: act.personId, decidedAt: act.now, decisionNote: act.note.trim() || null }),
    ...(act.action === 'stop' && { endingAt: act.now }),
    ...(act.action === 'withdraw' && { endedAt: act.now }),
  })
  if (!moved.ok) return moved
  // Scheduled, it holds capacity but is on no node yet: nothing can still use what is given back.
  if (act.action === 'withdraw') await releaseHoldings(tx, act.reservationId)
  const { sliceId } = await tx.reservation.findUniqueOrThrow({
    where: { id: act.reservationId },
    select: { sliceId: true },
  })
  const story = storyOf(act)
  await tell(tx, sliceId, story.kind, story.text)
  await writeAudit(tx, {
    actorId: act.personId,
    action: `reservation.${act.action}`,
    subjectType: 'reservation',
    subjectId: act.reservationId,
    ...(act.note.trim() !== '' && { detail: { note: act.note.trim() } }),
  })
  return moved
}

export const takeAction = (db: Database, act: PersonalAction): Promise<Result<ReservationState>> =>
  transact(db, (tx) => actOnReservation(tx, act))
