import { embed } from '@myvini/core/embedding/embed'
import { DEFAULT_POLICY, type Policy } from '@myvini/core/reservation/policy'
import { buildTopology } from '@myvini/core/topology/build'
import { TEMPLATES } from '@myvini/core/topology/templates'
import type { Topology } from '@myvini/core/topology/topology'
import { requestReservation } from '@myvini/store/booking'
import { savePolicy } from '@myvini/store/policy'
import { moveReservation } from '@myvini/store/reservations'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { useDatabase } from '@myvini/testkit/database'
import { eventually } from '@myvini/testkit/eventually'
import { findOverbooked } from '@myvini/testkit/overbooked'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { SimulatedTransport } from '@myvini/testkit/simulated-node'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Controller, startController } from './controller'

const test_ = useDatabase()
const running: Controller[] = []
let transport = new SimulatedTransport(0)

const control = async () =>
  running.push(
    await startController({
      databaseUrl: test_.url,
      transport,
      embed,
      secret: 'x'.repeat(32),
      gatewayHost: '127.0.0.1',
      gatewayPort: 0,
      now: () => new Date(),
      log: pino({ level: process.env.MYVINI_TEST_LOG ?? 'silent' }),
    }),
  )

const onFailure = (action: Policy['onNodeFailure']['action'], graceSeconds = 0.5) =>
  savePolicy(test_.db, { ...DEFAULT_POLICY, onNodeFailure: { action, graceSeconds } })

beforeEach(() => {
  transport = new SimulatedTransport(0)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((c) => c.close()))
  const { db } = test_
  await db.reservation.deleteMany()
  await db.substrateLink.deleteMany()
  await db.substrateNode.deleteMany()
})

async function run(topology: Topology) {
  const person = await addPerson(test_.db)
  const project = await addProject(test_.db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(test_.db, project.id, person, topology)
  const now = new Date()
  const booked = await requestReservation(test_.db, {
    sliceId,
    projectId: project.id,
    requesterId: person.id,
    startsAt: now,
    endsAt: new Date(now.getTime() + 3_600_000),
    reason: '',
    placement: 'spread',
    now,
  })
  if (!booked.ok) throw new Error(booked.problem.message)
  await until(sliceId, 'running')
  return { sliceId, id: booked.value.id }
}

const until = (sliceId: string, state: string) =>
  eventually(`the slice being ${state}`, async () => {
    const status = await loadSliceStatus(test_.db, sliceId)
    return status.state === state && status
  })

const told = (sliceId: string, kind: string) =>
  eventually(`the event "${kind}"`, async () => {
    const event = await test_.db.sliceEvent.findFirst({ where: { sliceId, kind }, orderBy: { id: 'desc' } })
    return event?.message ?? null
  })

const keys = async (id: string) => {
  const rows = await test_.db.linkPlacement.findMany({ where: { reservationId: id }, orderBy: { linkId: 'asc' } })
  return new Map(rows.map((row) => [row.linkId, row.egreKey]))
}

const abilene = TEMPLATES.find((t) => t.slug === 'abilene')?.topology ?? buildTopology([], [])

describe('a node that has failed', () => {
  test('what it carried runs elsewhere, what stood elsewhere stayed, and its leftovers end when it is back', async () => {
    await onFailure('re-embed')
    await addRing(test_.db, { nodes: 4 })
    await control()
    const { sliceId, id } = await run(abilene)
    const before = (await loadSliceStatus(test_.db, sliceId)).hosts
    const oldKeys = await keys(id)
    const lost = Object.values(before)[0]?.node ?? ''
    transport.setReachable(lost, false)
    const message = await told(sliceId, 'moved')
    expect(message).toMatch(new RegExp(`^${lost} does not answer\\. .+ moved to .+ links were laid anew\\.$`))
    const after = await until(sliceId, 'running')
    expect(after.progress).toMatchObject({ hostsUp: 11, linksUp: 14 })
    for (const [host, { node }] of Object.entries(after.hosts)) {
      expect(node, host).not.toBe(lost)
      if (before[host]?.node !== lost) expect(node, host).toBe(before[host]?.node)
    }
    expect(await findOverbooked(test_.db)).toEqual([])

    // The node that nobody reaches may still use the old keys: they are nobody else's until it is back.
    const newKeys = await keys(id)
    const replaced = [...oldKeys].filter(([link, key]) => newKeys.get(link) !== key).map(([, key]) => key)
    expect(replaced.length).toBeGreaterThan(0)
    const held = await eventually('only the lost node having leftovers', async () => {
      const rows = await test_.db.leftover.findMany({ include: { node: true } })
      return rows.length === 1 && (rows[0] ?? null)
    })
    expect(held.node.name).toBe(lost)
    expect(held.egreKeys.toSorted()).toEqual(replaced.toSorted())
    expect(held.uidSlot).not.toBeNull()
    await test_.db.$executeRaw`SELECT setval('egre_key_seq', ${Math.min(...replaced)}, false)`
    const leases = await test_.db.$queryRaw<{ key: number }[]>`
      SELECT lease_egre_key() AS key FROM generate_series(1, ${oldKeys.size * 3}::int)`
    for (const { key } of leases) expect([...replaced, ...newKeys.values()]).not.toContain(key)

    transport.setReachable(lost, true)
    await eventually('the leftovers being gone', async () => (await test_.db.leftover.count()) === 0)
    await moveReservation(test_.db, id, 'stop', 'user')
    await until(sliceId, 'ended')
    expect(await test_.db.linkPlacement.count()).toBe(0)
  }, 40_000)

  test('what a person pinned to it waits and is told, and the rest runs on elsewhere', async () => {
    await onFailure('re-embed')
    const { nodes } = await addRing(test_.db, { nodes: 3 })
    await control()
    const [first, second] = nodes
    const pin = { kind: 'node' as const, node: first?.name ?? '' }
    const { sliceId } = await run(
      buildTopology(
        [
          { name: 'a', kind: 'host', x: 0, y: 0, pin },
          { name: 'b', kind: 'router', x: 0, y: 0, pin: { kind: 'node', node: second?.name ?? '' } },
          { name: 'c', kind: 'host', x: 0, y: 0, pin: { kind: 'site', site: second?.site ?? '' } },
        ],
        [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'c' },
        ],
      ),
    )
    transport.setReachable(pin.node, false)
    expect(await told(sliceId, 'hurt')).toMatch(
      new RegExp(`^${pin.node} does not answer: a may be down\\. .*come back`),
    )
    const status = await loadSliceStatus(test_.db, sliceId)
    expect(status.state).toBe('degraded')
    expect(status.hosts.a?.node).toBe(pin.node)
    expect(status.hosts.b?.state).toBe('up')
    transport.setReachable(pin.node, true)
    expect((await until(sliceId, 'running')).reservation?.problem).toBeNull()
  }, 40_000)

  test('where nothing else has room those who are hurt are told why, once, and it is tried again', async () => {
    await onFailure('re-embed')
    const { nodes } = await addRing(test_.db, { nodes: 2, cpuMilli: 100 })
    await control()
    const { sliceId } = await run(
      buildTopology(
        ['a', 'b'].map((name) => ({ name, kind: 'router' as const, x: 0, y: 0, cpuPercent: 6 })),
        [{ from: 'a', to: 'b' }],
      ),
    )
    const lost = (await loadSliceStatus(test_.db, sliceId)).hosts.a?.node ?? ''
    expect(nodes.map((n) => n.name)).toContain(lost)
    transport.setReachable(lost, false)
    expect(await told(sliceId, 'hurt')).toContain('(a) has no room elsewhere: ')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(await test_.db.sliceEvent.count({ where: { sliceId, kind: 'hurt' } })).toBe(1)
    transport.setReachable(lost, true)
    await until(sliceId, 'running')
  }, 40_000)

  test('moves nothing where the policy says to tell, and says nothing where it says to wait', async () => {
    for (const action of ['tell', 'wait'] as const) {
      await onFailure(action)
      await addRing(test_.db, { nodes: 3 })
      transport = new SimulatedTransport(0)
      await control()
      const { sliceId } = await run(buildTopology([{ name: 'a', kind: 'host', x: 0, y: 0 }], []))
      const lost = (await loadSliceStatus(test_.db, sliceId)).hosts.a?.node ?? ''
      transport.setReachable(lost, false)
      await until(sliceId, 'degraded')
      if (action === 'tell') expect(await told(sliceId, 'hurt')).toContain('a may be down')
      else await new Promise((resolve) => setTimeout(resolve, 2500))
      expect(await test_.db.sliceEvent.count({ where: { sliceId, kind: { in: ['hurt', 'moved'] } } })).toBe(
        action === 'tell' ? 1 : 0,
      )
      expect((await loadSliceStatus(test_.db, sliceId)).hosts.a?.node).toBe(lost)
      await Promise.all(running.splice(0).map((c) => c.close()))
      await test_.db.reservation.deleteMany()
      await test_.db.substrateLink.deleteMany()
      await test_.db.substrateNode.deleteMany()
    }
  }, 40_000)
})
