import { DEFAULT_POLICY } from '@myvini/core/reservation/policy'
import { emptyTopology } from '@myvini/core/topology/topology'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { expect, test } from 'vitest'
import { extendReservation, extensionOf } from './extension'
import { savePolicy } from './policy'

const at = useDatabase()
const NOW = new Date('2026-05-04T10:00:00Z')
const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000)

/** One that runs for an hour and holds `cpuMilli` of a node with 4,000. */
async function running(cpuMilli: number) {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(at.db, project.id, person, emptyTopology())
  const { nodes } = await addRing(at.db, { nodes: 1 })
  const [node] = nodes
  if (!node) throw new Error('no node')
  const hold = async (state: 'running' | 'scheduled', slice: string, from: Date, until: Date, cpu: number) => {
    const revision = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId: slice } })
    const made = await at.db.reservation.create({
      data: { sliceId: slice, revisionId: revision.id, requesterId: person.id, state, startsAt: from, endsAt: until },
    })
    await at.db.nodeClaim.create({
      data: {
        reservationId: made.id,
        nodeId: node.id,
        cpuMilli: cpu,
        memoryMib: 1,
        hostSlots: 1,
        startsAt: from,
        endsAt: until,
      },
    })
    return made.id
  }
  const id = await hold('running', sliceId, hours(-1), hours(1), cpuMilli)
  const other = async (from: Date, until: Date, cpu: number) =>
    hold('scheduled', await addSlice(at.db, project.id, person, emptyTopology()), from, until, cpu)
  return { id, sliceId, person, node, other, hold }
}

const by = ({ id, person }: Awaited<ReturnType<typeof running>>, endsAt: Date, isAdmin = false) => ({
  reservationId: id,
  endsAt,
  personId: person.id,
  personName: person.name,
  isAdmin,
  now: NOW,
})

test('it goes on where it is, and its claims with it', async () => {
  const one = await running(3000)
  expect(await extendReservation(at.db, by(one, hours(3)))).toEqual({ ok: true, value: hours(3) })
  const row = await at.db.reservation.findUniqueOrThrow({ where: { id: one.id }, include: { nodeClaims: true } })
  expect(row.endsAt).toEqual(hours(3))
  expect(row.nodeClaims.map((c) => c.endsAt)).toEqual([hours(3)])
  const events = await at.db.sliceEvent.findMany({ where: { sliceId: one.sliceId, kind: 'extended' } })
  expect(events).toHaveLength(1)
})

test('not into what others have been promised, and the refusal says until when', async () => {
  const one = await running(3000)
  await one.other(hours(2), hours(4), 2000)
  const possible = await extensionOf(at.db, one.id, false)
  expect(possible).toMatchObject({ ok: true, value: { latestEndsAt: hours(2) } })
  const refused = await extendReservation(at.db, by(one, hours(3)))
  expect(refused).toMatchObject({
    ok: false,
    problem: { code: 'extension.taken', message: expect.stringContaining(one.node.name) },
  })
  const row = await at.db.reservation.findUniqueOrThrow({ where: { id: one.id }, include: { nodeClaims: true } })
  expect([row.endsAt, ...row.nodeClaims.map((c) => c.endsAt)]).toEqual([hours(1), hours(1)])
  expect((await extendReservation(at.db, by(one, hours(2)))).ok).toBe(true)
})

test('of two that want the same room only one gets it', async () => {
  const one = await running(2500)
  const second = await one.other(hours(-1), hours(1), 1500)
  const third = await one.other(hours(2), hours(5), 1500)
  expect(third).not.toBe(second)
  const outcomes = await Promise.all(
    [one.id, second].map((id) => extendReservation(at.db, { ...by(one, hours(4)), reservationId: id })),
  )
  expect(outcomes.filter((o) => o.ok)).toHaveLength(1)
})

test('extending again and again does not get beyond what the policy allows', async () => {
  const one = await running(100)
  const longest = DEFAULT_POLICY.automatic.windowHours - 1
  expect((await extendReservation(at.db, by(one, hours(longest)))).ok).toBe(true)
  const beyond = await extendReservation(at.db, by(one, hours(longest + 1)))
  expect(beyond).toMatchObject({ ok: false, problem: { code: 'extension.beyond-policy' } })
  expect((await extendReservation(at.db, by(one, hours(longest + 1), true))).ok).toBe(true)
  await savePolicy(at.db, { ...DEFAULT_POLICY, most: { ...DEFAULT_POLICY.most, windowHours: 9 } })
  expect((await extendReservation(at.db, by(one, hours(longest + 5), true))).ok).toBe(false)
  await savePolicy(at.db, DEFAULT_POLICY)
})

test('not into the next booking of the same slice, not to an earlier end, not after it is over', async () => {
  const one = await running(100)
  await one.hold('scheduled', one.sliceId, hours(2), hours(3), 100)
  expect(await extendReservation(at.db, by(one, hours(2.5)))).toMatchObject({
    problem: { code: 'extension.next-booking' },
  })
  expect(await extendReservation(at.db, by(one, hours(0.5)))).toMatchObject({
    problem: { code: 'extension.not-later' },
  })
  await at.db.reservation.update({ where: { id: one.id }, data: { state: 'ending' } })
  expect(await extendReservation(at.db, by(one, hours(1.5)))).toMatchObject({
    problem: { code: 'extension.wrong-state' },
  })
})
