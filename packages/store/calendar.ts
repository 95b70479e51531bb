// Which bookings does a person see on the calendar? Those of slices they may see; an admin all. Of others they see only how
// much is taken, which is in the claims.
import { OVER, type ReservationState } from '@myvini/core/reservation/state'
import type { Person } from './access'
import type { Database } from './database'
import type { Prisma } from './generated/client'

export interface CalendarBooking {
  id: string
  state: ReservationState
  startsAt: Date
  endsAt: Date
  slice: { id: string; name: string }
  project: string
  requester: string
}

/** Of one's own projects, and for a student one's own. */
export const slicesOf = (person: Person): Prisma.SliceWhereInput => ({
  OR: [
    { ownerId: person.id, project: { memberships: { some: { userId: person.id } } } },
    { project: { memberships: { some: { userId: person.id, role: { not: 'student' } } } } },
  ],
})

const visibleTo = (person: Person): Prisma.SliceWhereInput => (person.role === 'admin' ? {} : slicesOf(person))

/** Those that touch the window and are not over, the earliest first. */
export async function listBookings(
  db: Database,
  person: Person,
  window: { from: Date; until: Date },
  most: number,
): Promise<CalendarBooking[]> {
  const rows = await db.reservation.findMany({
    where: {
      state: { notIn: [...OVER] },
      startsAt: { lt: window.until },
      endsAt: { gt: window.from },
      slice: { deletedAt: null, ...visibleTo(person) },
    },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: most,
    select: {
      id: true,
      state: true,
      startsAt: true,
      endsAt: true,
      slice: { select: { id: true, name: true, project: { select: { name: true } } } },
      requester: { select: { name: true } },
    },
  })
  return rows.map(({ slice, requester, ...row }) => ({
    ...row,
    slice: { id: slice.id, name: slice.name },
    project: slice.project.name,
    requester: requester.name,
  }))
}
