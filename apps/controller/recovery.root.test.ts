import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { partKey } from '@myvini/core/desired/naming'
import { TEMPLATES } from '@myvini/core/topology/templates'
import { requestReservation } from '@myvini/store/booking'
import { moveReservation } from '@myvini/store/reservations'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { useBox } from '@myvini/testkit/boxed'
import { type ControllerProcess, spawnController } from '@myvini/testkit/controller-process'
import { useDatabase } from '@myvini/testkit/database'
import { eventually } from '@myvini/testkit/eventually'
import { addBoxed, addPerson, addProject, addSlice } from '@myvini/testkit/rows'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const test_ = useDatabase()
const boxed = useBox(4)
let controller: ControllerProcess

beforeAll(async () => {
  await addBoxed(test_.db, boxed.box.layout, boxed.nodes)
  controller = spawnController(test_.url, boxed.keyFile)
  await eventually('every node enrolled', healthy, 30_000)
}, 60_000)
afterAll(() => controller?.kill())

const healthy = async () =>
  (await test_.db.substrateNode.count({ where: { health: 'healthy' } })) === boxed.nodes.length

async function noLeftovers(): Promise<boolean> {
  const left = await test_.db.leftover.findMany({ include: { node: true } })
  if (left.length === 0) return true
  const how = left.map(
    ({ node, removedGeneration }) =>
      `${node.name} (${node.health}) has settled on ${node.settledGeneration} of ${node.generation}, wanted is ${removedGeneration}`,
  )
  throw new Error(`${how.join('; ')}\n${controller.log().slice(-3000)}`)
}

const topology = TEMPLATES.find((t) => t.slug === 'abilene')?.topology
if (!topology) throw new Error('there is no template abilene')
const loopback = (name: string) => topology.hosts.find((h) => h.name === name)?.loopback?.split('/')[0] ?? ''

async function start() {
  const { db } = test_
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(db, project.id, person, topology ?? never())
  const now = new Date()
  const booked = await requestReservation(db, {
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
  const slice = { sliceId, id: booked.value.id }
  await until(slice, 'running')
  return slice
}
type Slice = Awaited<ReturnType<typeof start>>

const never = (): never => {
  throw new Error('unreachable')
}

const until = ({ sliceId }: Slice, state: string, patienceMs = 20_000) =>
  eventually(
    `the slice being ${state}`,
    async () => {
      const status = await loadSliceStatus(test_.db, sliceId)
      const reasons = [...Object.values(status.hosts), ...Object.values(status.links)].flatMap((p) => p.reason ?? [])
      if (status.state !== state)
        throw new Error(`it is ${status.state}; ${[...new Set(reasons)].join(' | ')}\n${controller.log().slice(-2000)}`)
      return status
    },
    patienceMs,
  )

async function ping(slice: Slice, from: string, to: string) {
  const node = (await loadSliceStatus(test_.db, slice.sliceId)).hosts[from]?.node ?? ''
  return boxed.inHost(node, partKey(slice.id, from), ['ping', '-c', '3', '-i', '0.1', '-W', '1', loopback(to)])
}

/** Everything of this slice that a node's kernel and disk hold, and every virtual interface. */
async function leftOn(node: string, slice: Slice): Promise<string[]> {
  const lines = async (argv: string[]) => (await boxed.inNode(node, argv)).split('\n')
  return [
    ...(await lines(['ls', '/run/myvini/netns', '/run/myvini/userns', '/var/lib/myvini/hosts'])).filter((l) =>
      l.includes(slice.id),
    ),
    ...(await lines(['ip', '-o', 'link'])).filter((l) => / mv[0-9a-f]{8}/.test(l)),
  ]
}

/** The slice runs without `lost`; returns how long that took from `fromMs` on. */
async function runsWithout(slice: Slice, lost: string, fromMs: number): Promise<number> {
  return eventually(
    `the slice running without ${lost}`,
    async () => {
      const { state, hosts } = await loadSliceStatus(test_.db, slice.sliceId)
      const isOff = Object.values(hosts).every(({ node }) => node !== lost)
      if (state === 'running' && isOff) return Date.now() - fromMs
      const events = await test_.db.sliceEvent.findMany({ where: { sliceId: slice.sliceId } })
      throw new Error(`it is ${state}; ${events.map((e) => e.message).join(' | ')}\n${controller.log().slice(-3000)}`)
    },
    30_000,
  )
}

describe('a substrate node that fails', () => {
  const ways = [
    {
      how: 'is switched off',
      fail: (name: string) => boxed.box.powerOff(name),
      back: (name: string) => boxed.box.powerOn(name),
    },
    {
      // It hears nothing and goes on: what it still has of the slice must not come in the way of what took its place.
      how: 'is cut off and goes on by itself',
      fail: (name: string) => run('ip', ['link', 'set', deviceOf(name), 'down']),
      back: (name: string) => run('ip', ['link', 'set', deviceOf(name), 'up']),
    },
  ]
  for (const { how, fail, back } of ways)
    test(`and ${how}: what it carried runs elsewhere within 10 s, and back again it has nothing left of it`, async () => {
      const slice = await start()
      const before = (await loadSliceStatus(test_.db, slice.sliceId)).hosts
      const lost = before.denver?.node ?? ''
      const stopped = Date.now()
      await fail(lost)
      expect(await runsWithout(slice, lost, stopped)).toBeLessThan(10_000)
      const after = (await loadSliceStatus(test_.db, slice.sliceId)).hosts
      for (const [host, { node }] of Object.entries(before))
        if (node !== lost) expect(after[host]?.node, host).toBe(node)
      // From what moved, and through what moved.
      expect(await ping(slice, 'denver', 'newyork')).toContain(' 0% packet loss')
      expect(await ping(slice, 'seattle', 'washington')).toContain(' 0% packet loss')
      const event = await test_.db.sliceEvent.findFirstOrThrow({ where: { sliceId: slice.sliceId, kind: 'moved' } })
      expect(event.message).toMatch(new RegExp(`^${lost} does not answer\\. .*denver.* moved to `))

      await back(lost)
      await eventually('the node being back', healthy, 30_000)
      await eventually('its leftovers being gone', noLeftovers, 20_000)
      expect(await leftOn(lost, slice)).toEqual([])
      expect(await ping(slice, 'denver', 'newyork')).toContain(' 0% packet loss')
      await moveReservation(test_.db, slice.id, 'stop', 'user')
      await until(slice, 'ended')
      for (const { name } of boxed.nodes) expect(await leftOn(name, slice), name).toEqual([])
    }, 120_000)
})

const deviceOf = (name: string): string => boxed.box.layout.nodes.find((n) => n.name === name)?.device ?? ''
