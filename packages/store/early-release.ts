// How does somebody give back time that they no longer need? The window ends earlier, and what it would have held after that is
// free for others at once.
import { TRANSITIONS } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database } from './database'
import { tell } from './reservations'
import { transact } from './transact'

export interface EndEarlier {
  reservationId: string
  endsAt: Date
  personId: string
  personName: string
  now: Date
}

const SHORTEST_MS = 60_000

const utc = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const refused = (message: string, hint: string) =>
  fail<Problem>({ code: 'early-release.window', message, hint, subject: { kind: 'field', id: 'endsAt' } })

export function endEarlier(db: Database, act: EndEarlier): Promise<Result<Date>> {
  return transact(db, async (tx): Promise<Result<Date>> => {
    const { reservationId, endsAt, now } = act
    // As everybody does who changes claims: the reservation first.
    await tx.$queryRaw`SELECT 1 FROM "Reservation" WHERE "id" = ${reservationId} FOR NO KEY UPDATE`
    const row = await tx.reservation.findFirst({
      where: { id: reservationId, state: { in: [...TRANSITIONS.shorten.from] } },
    })
    if (!row)
      return fail({
        code: 'early-release.wrong-state',
        message: 'Only what is scheduled or runs can end earlier.',
        hint: 'Look again at how it stands now.',
        subject: { kind: 'reservation', id: reservationId },
      })
    if (endsAt >= row.endsAt)
      return refused(`It ends at ${utc(row.endsAt)} already.`, 'Choose an earlier end, or ask for more time.')
    if (endsAt.getTime() < Math.max(now.getTime(), row.startsAt.getTime()) + SHORTEST_MS)
      return refused(
        `It would end at ${utc(endsAt)}, which leaves it less than a minute.`,
        row.state === 'scheduled' ? 'Withdraw it instead.' : 'Stop it instead.',
      )
    const where = { reservationId }
    await tx.reservation.update({ where: { id: reservationId }, data: { endsAt } })
    await tx.nodeClaim.updateMany({ where, data: { endsAt } })
    await tx.linkClaim.updateMany({ where, data: { endsAt } })
    await tell(tx, row.sliceId, 'shortened', `Ends earlier: changed by ${act.personName}.`)
    await writeAudit(tx, {
      actorId: act.personId,
      action: 'reservation.shorten',
      subjectType: 'reservation',
      subjectId: reservationId,
      detail: { from: row.endsAt.toISOString(), until: endsAt.toISOString() },
    })
    return ok(endsAt)
  })
}
