import { embed } from '@myvini/core/embedding/embed'
import { DEFAULT_POLICY } from '@myvini/core/reservation/policy'
import { randomTopology } from '@myvini/core/topology/random-topology'
import { TEMPLATES } from '@myvini/core/topology/templates'
import type { Topology } from '@myvini/core/topology/topology'
import { requestReservation } from '@myvini/store/booking'
import { savePolicy } from '@myvini/store/policy'
import { moveReservation } from '@myvini/store/reservations'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { useDatabase } from '@myvini/testkit/database'
import { eventually } from '@myvini/testkit/eventually'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { SimulatedTransport } from '@myvini/testkit/simulated-node'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Controller, startController } from './controller'

const test_ = useDatabase()
const running: Controller[] = []
let transport = new SimulatedTransport(0)
let skewMs = 0

const control = async () => {
  const controller = await startController({
    databaseUrl: test_.url,
    transport,
    embed,
    secret: 'x'.repeat(32),
    gatewayHost: '127.0.0.1',
    gatewayPort: 0,
    now: () => new Date(Date.now() + skewMs),
    log: pino({ level: process.env.MYVINI_TEST_LOG ?? 'silent' }),
  })
  running.push(controller)
  return controller
}

beforeEach(() => {
  transport = new SimulatedTransport(0)
  skewMs = 0
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((c) => c.close()))
  const { db } = test_
  await db.reservation.deleteMany()
  await db.setting.deleteMany()
  await db.substrateLink.deleteMany()
  await db.nodeSpec.deleteMany()
  await db.substrateNode.deleteMany()
})

const template = (slug: string): Topology => {
  const found = TEMPLATES.find((t) => t.slug === slug)
  if (!found) throw new Error(slug)
  return found.topology
}

async function newSlice(topology: Topology) {
  const person = await addPerson(test_.db)
  const project = await addProject(test_.db, [{ person, role: 'lead' }])
  return { person, project, id: await addSlice(test_.db, project.id, person, topology) }
}

type Made = Awaited<ReturnType<typeof newSlice>>
const HOUR = 3_600_000

async function book(slice: Made, startInMs = 0, lengthMs = 2 * HOUR) {
  const now = new Date(Date.now() + skewMs)
  const startsAt = new Date(now.getTime() + startInMs)
  const result = await requestReservation(test_.db, {
    sliceId: slice.id,
    projectId: slice.project.id,
    requesterId: slice.person.id,
    startsAt,
    endsAt: new Date(startsAt.getTime() + lengthMs),
    reason: '',
    placement: 'spread',
    now,
  })
  if (!result.ok) throw new Error(result.problem.message)
  return result.value.id
}

const until = (sliceId: string, state: string) =>
  eventually(`the slice being ${state}`, async () => {
    const status = await loadSliceStatus(test_.db, sliceId)
    if (status.state !== state) throw new Error(`it is ${status.state} (${status.reservation?.problem?.message ?? ''})`)
    return status
  })

const leftovers = async () => {
  const { db } = test_
  const counts = await Promise.all([
    db.nodeClaim.count(),
    db.linkClaim.count(),
    db.linkPlacement.count(),
    db.hostPlacement.count(),
    db.addressLease.count(),
    db.uidRangeLease.count(),
    db.sliver.count(),
  ])
  return counts.reduce((a, b) => a + b, 0)
}

describe('a reservation', () => {
  test.each([-HOUR, HOUR])(
    'booked from now on starts now, whatever becomes of the clock in between (%i ms)',
    async (jumpMs) => {
      await addRing(test_.db, { nodes: 4 })
      const slice = await newSlice(template('abilene'))
      await book(slice)
      skewMs = jumpMs
      await control()
      await until(slice.id, 'running')
      skewMs = 0
      const later = await newSlice(template('abilene'))
      await book(later, HOUR / 2)
      await until(later.id, 'scheduled')
    },
  )

  test('comes up on several nodes, link by link, and leaves nothing when it is stopped', async () => {
    await addRing(test_.db, { nodes: 4 })
    await control()
    const slice = await newSlice(template('abilene'))
    const id = await book(slice)
    const status = await until(slice.id, 'running')
    expect(status.progress).toMatchObject({ hostsUp: 11, hosts: 11, linksUp: 14, links: 14, waitingFor: [] })
    expect(new Set(Object.values(status.hosts).map((h) => h.node)).size).toBe(4)
    expect(new Set(Object.values(status.links).map((l) => l.egreKey)).size).toBe(14)
    expect(await leftovers()).toBeGreaterThan(0)
    // What they said of their disk when they were connected to: no more is lent than that.
    for (const node of await test_.db.substrateNode.findMany())
      expect([node.diskThereMib, node.diskMib]).toEqual([131_072, 131_072])

    await moveReservation(test_.db, id, 'stop', 'user')
    await until(slice.id, 'ended')
    expect(await leftovers()).toBe(0)
    const nodes = await test_.db.substrateNode.findMany()
    for (const node of nodes) expect(transport.nodeOf(node.name).observe().slivers).toEqual([])
  })

  test('waits for its window, starts on time and ends on time', async () => {
    await addRing(test_.db, { nodes: 3 })
    await control()
    const slice = await newSlice(template('two-routers'))
    await book(slice, HOUR, HOUR)
    await until(slice.id, 'scheduled')
    skewMs = HOUR + 1000
    await until(slice.id, 'running')
    skewMs = 2 * HOUR + 1000
    await until(slice.id, 'ended')
    expect(await leftovers()).toBe(0)
  })

  test('that does not fit is denied in words, and holds nothing', async () => {
    await addRing(test_.db, { nodes: 2, cpuMilli: 50 })
    await control()
    const slice = await newSlice(template('abilene'))
    await book(slice)
    const status = await until(slice.id, 'denied')
    expect(status.reservation?.problem?.message).toMatch(/each fit nodes .+, but not all of them at once/)
    expect(status.reservation?.problem?.hint).not.toBe('')
    expect(await leftovers()).toBe(0)
  })

  test('is degraded while one of its nodes is cut off, and runs again when the node is back', async () => {
    await savePolicy(test_.db, { ...DEFAULT_POLICY, onNodeFailure: { action: 'wait', graceSeconds: 0 } })
    const { nodes } = await addRing(test_.db, { nodes: 3 })
    await control()
    const slice = await newSlice(template('two-routers'))
    await book(slice)
    const status = await until(slice.id, 'running')
    const name = Object.values(status.hosts)[0]?.node ?? ''
    expect(nodes.map((n) => n.name)).toContain(name)
    transport.setReachable(name, false)
    const hurt = await until(slice.id, 'degraded')
    const onIt = Object.values(hurt.hosts).filter((h) => h.node === name)
    for (const host of onIt) expect(host).toMatchObject({ state: 'failed', reason: expect.stringContaining(name) })
    transport.setReachable(name, true)
    await until(slice.id, 'running')
  })

  test('stopped while a node is cut off ends there as soon as it is back, and not before', async () => {
    await savePolicy(test_.db, { ...DEFAULT_POLICY, onNodeFailure: { action: 'wait', graceSeconds: 0 } })
    await addRing(test_.db, { nodes: 3 })
    await control()
    const slice = await newSlice(template('two-routers'))
    const id = await book(slice)
    const name = Object.values((await until(slice.id, 'running')).hosts)[0]?.node ?? ''
    transport.setReachable(name, false)
    await until(slice.id, 'degraded')
    await moveReservation(test_.db, id, 'stop', 'user')
    await eventually('the other nodes being rid of it', async () => {
      const slivers = await test_.db.sliver.findMany({ where: { reservationId: id, state: { not: 'gone' } } })
      return slivers.length === 1
    })
    // Its keys stay leased: the node that cannot be asked may still use them.
    expect(await test_.db.linkPlacement.count()).toBe(5)
    transport.setReachable(name, true)
    await until(slice.id, 'ended')
    expect(await leftovers()).toBe(0)
  })
})

describe('controllers', () => {
  test('three at once bring up many slices without doubling anything or exceeding any node', async () => {
    await addRing(test_.db, { nodes: 5, cpuMilli: 400, capacityMbps: 300 })
    await Promise.all([control(), control(), control()])
    const slices = await Promise.all(
      Array.from({ length: 14 }, (_, i) =>
        newSlice(randomTopology({ seed: i, routers: 3, hosts: 4, lans: 1, extraLinks: 1 })),
      ),
    )
    await Promise.all(slices.map((s) => book(s)))
    const states = await Promise.all(
      slices.map((s) =>
        eventually(
          'a decision',
          async () => {
            const { state } = await loadSliceStatus(test_.db, s.id)
            return (state === 'running' || state === 'denied') && state
          },
          25_000,
        ),
      ),
    )
    // Seven hosts of 2 % each, five nodes of 40 %: room for fourteen by CPU; what is denied is for want of link capacity.
    expect(states.filter((s) => s === 'running').length).toBeGreaterThan(3)
    const keys = await test_.db.linkPlacement.findMany({ select: { egreKey: true } })
    expect(new Set(keys.map((k) => k.egreKey)).size).toBe(keys.length)
    const nodes = await test_.db.substrateNode.findMany({ include: { claims: true } })
    for (const node of nodes)
      expect(node.claims.reduce((sum, c) => sum + c.cpuMilli, 0)).toBeLessThanOrEqual(node.cpuMilli)
  })

  test('one that dies in the middle is followed by another that finishes the work', async () => {
    await addRing(test_.db, { nodes: 4 })
    transport = new SimulatedTransport(40)
    const first = await control()
    const slice = await newSlice(template('abilene'))
    await book(slice)
    await eventually('the start', async () => (await loadSliceStatus(test_.db, slice.id)).state === 'provisioning')
    running.splice(running.indexOf(first), 1)
    const dying = first.close()
    await control()
    const status = await until(slice.id, 'running')
    expect(status.progress.linksUp).toBe(14)
    await dying
    expect(await test_.db.nodeSpec.count()).toBe(4)
  })

  test('a node that knows newer generations than the database is given a spec beyond them', async () => {
    await addRing(test_.db, { nodes: 2 })
    const c = await control()
    const slice = await newSlice(template('two-routers'))
    await book(slice)
    await until(slice.id, 'running')
    running.splice(running.indexOf(c), 1)
    await c.close()
    // As after restoring a backup of the database.
    await test_.db.substrateNode.updateMany({ data: { generation: 0, specHash: '', settledGeneration: 0 } })
    await test_.db.nodeSpec.deleteMany()
    await control()
    await eventually('new generations', async () => {
      const nodes = await test_.db.substrateNode.findMany()
      const done = nodes.every((n) => n.generation >= 2 && n.settledGeneration === n.generation)
      if (!done) throw new Error(JSON.stringify(nodes.map((n) => [n.generation, n.settledGeneration, n.health])))
      return true
    })
    expect((await loadSliceStatus(test_.db, slice.id)).state).toBe('running')
  })
})

test('a controller that is ended while it still greets its nodes ends all the same', async () => {
  await addRing(test_.db, { nodes: 6 })
  for (const afterMs of [0, 20, 40, 80, 160]) {
    const controller = await control()
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    running.splice(running.indexOf(controller), 1)
    await controller.close()
  }
  expect(await test_.db.controllerInstance.count()).toBe(0)
})
