import { DEFAULT_POLICY, type Exception } from '@myvini/core/reservation/policy'
import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { afterEach, describe, expect, test } from 'vitest'
import { requestReservation } from './booking'
import { endEarlier } from './early-release'
import { listExceptions, saveException, savePolicy } from './policy'
import { findDue, hasBegun } from './reservations'

const test_ = useDatabase()
const NOW = new Date('2030-05-04T10:00:00Z')
const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000)

afterEach(async () => {
  await test_.db.setting.deleteMany()
  await test_.db.reservation.deleteMany()
})

const hosts = (count: number) =>
  buildTopology(
    Array.from({ length: count }, (_, i) => ({ name: `h${i}`, kind: 'host' as const, x: 0, y: 0 })),
    [],
  )

async function projectOf(role: 'researcher' | 'instructor' = 'researcher') {
  const person = await addPerson(test_.db, role)
  const project = await addProject(test_.db, [{ person, role: 'lead' }])
  const slice = (count: number) => addSlice(test_.db, project.id, person, hosts(count))
  const book = async (sliceId: string, from: number, until: number, reason = 'thesis') => {
    const result = await requestReservation(test_.db, {
      sliceId,
      projectId: project.id,
      requesterId: person.id,
      startsAt: hours(from),
      endsAt: hours(until),
      reason,
      placement: 'spread',
      now: NOW,
    })
    return result.ok ? result.value.state : result.problem.code
  }
  const except = (exception: Exception | null) =>
    test_.db.$transaction((tx) => saveException(tx, { projectId: project.id, exception }))
  return { person, project, slice, book, except }
}
const exception = (change: Partial<Exception>): Exception => ({ most: {}, automatic: {}, total: {}, ...change })

describe('a project with limits of its own', () => {
  test('is held to them at every instant, and to everyone’s once they are taken back', async () => {
    const one = await projectOf()
    await one.except(exception({ total: { hosts: 5 } }))
    expect(await one.book(await one.slice(3), 0, 2)).toBe('approved')
    expect(await one.book(await one.slice(3), 1, 3)).toBe('booking.project-limit')
    expect(await one.book(await one.slice(2), 1, 3)).toBe('approved')
    // From 2 to 3 only two hosts are booked: three more fit then.
    expect(await one.book(await one.slice(3), 2, 3)).toBe('approved')
    const listed = (await listExceptions(test_.db)).find((p) => p.id === one.project.id)
    expect(listed?.exception?.total).toEqual({ hosts: 5 })
    await one.except(null)
    expect(await one.book(await one.slice(3), 1, 3)).toBe('approved')
  })

  test('is approved beyond or below what everyone is', async () => {
    const one = await projectOf()
    await one.except(exception({ automatic: { hosts: 2 } }))
    expect(await one.book(await one.slice(3), 0, 1)).toBe('requested')
    await one.except(exception({ automatic: { hosts: 40 } }))
    expect(await one.book(await one.slice(40), 0, 1)).toBe('approved')
  })

  test('cannot get beyond them by booking many at the same moment', async () => {
    const one = await projectOf()
    await one.except(exception({ total: { hosts: 5 } }))
    const slices = await Promise.all(Array.from({ length: 8 }, () => one.slice(2)))
    const outcomes = await Promise.all(slices.map((slice) => one.book(slice, 0, 2)))
    expect(outcomes.filter((outcome) => outcome === 'approved')).toHaveLength(2)
  })
})

test('class netns is for the projects that an admin names', async () => {
  await savePolicy(test_.db, { ...DEFAULT_POLICY, netns: false })
  const [trusted, other] = [await projectOf(), await projectOf()]
  await trusted.except(exception({ netns: true }))
  expect(await other.book(await other.slice(1), 0, 1)).toBe('booking.class-netns')
  expect(await trusted.book(await trusted.slice(1), 0, 1)).toBe('approved')
})

test('a role may have more than others, in whichever project', async () => {
  await savePolicy(test_.db, {
    ...DEFAULT_POLICY,
    roles: { instructor: exception({ automatic: { windowHours: 48 } }) },
  })
  const [researcher, instructor] = [await projectOf(), await projectOf('instructor')]
  expect(await researcher.book(await researcher.slice(1), 0, 40)).toBe('requested')
  expect(await instructor.book(await instructor.slice(1), 0, 40)).toBe('approved')
})

describe('windows of one slice', () => {
  test('booked one after the other wait for an admin where one so long would', async () => {
    const one = await projectOf()
    const slice = await one.slice(1)
    expect(await one.book(slice, 0, 8)).toBe('approved')
    expect(await one.book(slice, 8, 16)).toBe('requested')
    expect(await one.book(slice, 17.5, 25)).toBe('approved')
  })

  test('that ended early count for as long as they lasted', async () => {
    const one = await projectOf()
    const slice = await one.slice(1)
    expect(await one.book(slice, 0, 8)).toBe('approved')
    await test_.db.reservation.updateMany({ data: { state: 'ended', startedAt: hours(0), endingAt: hours(2) } })
    expect(await one.book(slice, 3.5, 11)).toBe('approved')
  })
})

test('labs of a course are admitted before others that wait, unless the policy says otherwise', async () => {
  const one = await projectOf('instructor')
  const course = await test_.db.course.create({
    data: { name: 'Networks', instructorId: one.person.id, projectId: (await projectOf('instructor')).project.id },
  })
  const lab = async () => {
    const row = await test_.db.lab.create({ data: { courseId: course.id, name: 'Lab', document: hosts(1) } })
    const slice = await one.slice(1)
    await test_.db.slice.update({ where: { id: slice }, data: { labId: row.id } })
    return slice
  }
  const order = async () => {
    await test_.db.reservation.deleteMany()
    const [first, second] = [await one.slice(1), await lab()]
    await one.book(first, 0, 1)
    await one.book(second, 0, 1)
    const { toAdmit } = await findDue(test_.db, NOW)
    const rows = await test_.db.reservation.findMany({ where: { id: { in: toAdmit } } })
    return toAdmit.map((id) => (rows.find((r) => r.id === id)?.sliceId === second ? 'lab' : 'other'))
  }
  expect(await order()).toEqual(['lab', 'other'])
  await savePolicy(test_.db, { ...DEFAULT_POLICY, labsFirst: false })
  expect(await order()).toEqual(['other', 'lab'])
})

describe('an earlier end', () => {
  test('frees what it would have held after that, and no more', async () => {
    const { db } = test_
    const one = await projectOf()
    await one.book(await one.slice(1), 0, 4)
    const { nodes, links } = await addRing(db, { nodes: 2 })
    const { id } = await db.reservation.findFirstOrThrow()
    await db.reservation.update({ where: { id }, data: { state: 'running' } })
    const window = { reservationId: id, startsAt: hours(0), endsAt: hours(4) }
    await db.nodeClaim.create({
      data: { ...window, nodeId: nodes[0]?.id ?? '', cpuMilli: 1, memoryMib: 1, hostSlots: 1 },
    })
    await db.linkClaim.create({ data: { ...window, substrateLinkId: links[0]?.id ?? '', mbps: 1 } })
    const act = { reservationId: id, personId: one.person.id, personName: 'Rita', now: hours(1) }
    const codes = await Promise.all(
      [hours(4), hours(1), hours(0)].map(async (endsAt) => {
        const result = await endEarlier(db, { ...act, endsAt })
        return result.ok ? 'ok' : result.problem.hint
      }),
    )
    expect(codes).toEqual(['Choose an earlier end, or ask for more time.', 'Stop it instead.', 'Stop it instead.'])
    expect(await endEarlier(db, { ...act, endsAt: hours(2) })).toEqual({ ok: true, value: hours(2) })
    const claims = [...(await db.nodeClaim.findMany()), ...(await db.linkClaim.findMany())]
    expect(claims.map((c) => c.endsAt)).toEqual([hours(2), hours(2)])
    await db.reservation.update({ where: { id }, data: { state: 'ended' } })
    const over = await endEarlier(db, { ...act, endsAt: hours(1.5) })
    expect(over.ok ? '' : over.problem.code).toBe('early-release.wrong-state')
  })
})

test('what is booked from now on has begun, also where the clock was set back while it was being booked', async () => {
  const { slice, book } = await projectOf()
  const sliceId = await slice(1)
  expect(await book(sliceId, 0, 1)).toBe('approved')
  const row = await test_.db.reservation.findFirstOrThrow({ where: { sliceId } })
  expect(hasBegun(row, hours(-2))).toBe(true)
})
