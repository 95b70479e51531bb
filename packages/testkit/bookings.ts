// Thousands of approved reservations as rows, in a few statements: for benchmarks and for tests of what happens to many.
import { randomUUID } from 'node:crypto'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database } from '@myvini/store/database'
import { addPerson, addProject } from './rows'

export interface BookingShape {
  topology: Topology
  startsAt: Date
  endsAt: Date
}

export interface AddedBooking extends BookingShape {
  id: string
}

/** Rows written at once. */
const CHUNK = 500

/** Each has a slice of its own, all of one person's project. */
export async function addApproved(db: Database, count: number, shapeOf: (index: number) => BookingShape) {
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const bookings: AddedBooking[] = []
  while (bookings.length < count) {
    const rows = Array.from({ length: Math.min(CHUNK, count - bookings.length) }, (_, i) => ({
      ...shapeOf(bookings.length + i),
      id: randomUUID(),
      sliceId: randomUUID(),
      revisionId: randomUUID(),
    }))
    await db.slice.createMany({
      data: rows.map(({ sliceId }) => ({ id: sliceId, projectId: project.id, ownerId: person.id, name: sliceId })),
    })
    await db.topologyRevision.createMany({
      data: rows.map(({ revisionId, sliceId, topology }) => ({
        id: revisionId,
        sliceId,
        number: 1,
        document: topology,
        authorId: person.id,
      })),
    })
    await db.reservation.createMany({
      data: rows.map(({ topology: _, ...row }) => ({ ...row, requesterId: person.id, state: 'approved' as const })),
    })
    bookings.push(...rows.map(({ id, topology, startsAt, endsAt }) => ({ id, topology, startsAt, endsAt })))
  }
  return { person, project, bookings }
}
