import { partKey } from '@myvini/core/desired/naming'
import { buildTopology } from '@myvini/core/topology/build'
import { TEMPLATES } from '@myvini/core/topology/templates'
import type { Topology } from '@myvini/core/topology/topology'
import { requestReservation } from '@myvini/store/booking'
import { moveReservation } from '@myvini/store/reservations'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { useBox } from '@myvini/testkit/boxed'
import { type ControllerProcess, spawnController } from '@myvini/testkit/controller-process'
import { useDatabase } from '@myvini/testkit/database'
import { eventually } from '@myvini/testkit/eventually'
import { addBoxed, addPerson, addProject, addSlice } from '@myvini/testkit/rows'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const test_ = useDatabase()
const boxed = useBox(4)
let controllers: ControllerProcess[] = []

beforeAll(async () => {
  await addBoxed(test_.db, boxed.box.layout, boxed.nodes)
})
const control = () => {
  const controller = spawnController(test_.url, boxed.keyFile)
  controllers.push(controller)
  return controller
}
const killAll = async () => {
  await Promise.all(controllers.map((c) => c.kill()))
  controllers = []
}
afterEach(killAll)
afterAll(killAll)

/** As `up` does before it says that one can begin. */
const ready = () =>
  eventually(
    'every node enrolled',
    async () => (await test_.db.substrateNode.count({ where: { health: 'healthy' } })) === boxed.nodes.length,
    20_000,
  )

const template = (slug: string): Topology => {
  const found = TEMPLATES.find((t) => t.slug === slug)
  if (!found) throw new Error(slug)
  return found.topology
}

/** Abilene with three of its cities where they must be, so that one link joins neighbours and one has to be relayed. */
function spreadOut(): Topology {
  const { nodes, links } = boxed.box.layout
  const joined = (a: string, b: string) => links.some((l) => [l.a, l.b].includes(a) && [l.a, l.b].includes(b))
  const [first] = nodes
  const beside = nodes.find((n) => first && joined(first.name, n.name))
  const across = nodes.find((n) => first && n !== first && !joined(first.name, n.name))
  if (!first || !beside || !across) throw new Error('the box is no ring of four')
  const places = new Map([
    ['seattle', first.name],
    ['sunnyvale', beside.name],
    ['denver', across.name],
  ])
  const topology = template('abilene')
  const hosts = topology.hosts.map((host) => {
    const node = places.get(host.name)
    return node === undefined ? host : { ...host, pin: { kind: 'node' as const, node } }
  })
  return { ...topology, hosts }
}

async function book(topology: Topology) {
  await ready()
  const { db } = test_
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(db, project.id, person, topology)
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
  return { sliceId, reservationId: booked.value.id }
}

const until = (sliceId: string, state: string, patienceMs = 20_000) =>
  eventually(
    `the slice being ${state}`,
    async () => {
      const status = await loadSliceStatus(test_.db, sliceId)
      if (status.state !== state)
        throw new Error(`it is ${status.state}; ${controllers.map((c) => c.log().slice(-2000)).join('\n')}`)
      return status
    },
    patienceMs,
  )

async function end(slice: { sliceId: string; reservationId: string }) {
  await moveReservation(test_.db, slice.reservationId, 'stop', 'user')
  await until(slice.sliceId, 'ended')
}

/** Everything of ours that a node's kernel and disk hold, in words. */
async function leftOn(node: string): Promise<string[]> {
  const lines = async (argv: string[]) => (await boxed.inNode(node, argv)).split('\n').filter((l) => l !== '')
  return [
    ...(await lines(['ls', '/run/myvini/netns', '/run/myvini/userns'])).filter((l) => !l.endsWith(':')),
    ...(await lines(['ip', '-o', 'link'])).filter((l) => / mv[0-9a-f]{8}/.test(l)),
    ...(await lines(['ls', '/var/lib/myvini/hosts'])),
  ]
}

const ping = async (slice: { sliceId: string; reservationId: string }, from: string, address: string) => {
  const status = await loadSliceStatus(test_.db, slice.sliceId)
  const node = status.hosts[from]?.node ?? ''
  return boxed.inHost(node, partKey(slice.reservationId, from), ['ping', '-c', '3', '-i', '0.05', '-W', '1', address])
}

const loopback = (t: Topology, name: string) => t.hosts.find((h) => h.name === name)?.loopback?.split('/')[0] ?? ''

describe('a deployment on real nodes', () => {
  test('enrols servers that have seen nothing but a key, brings Abilene up, and leaves nothing after it', async () => {
    control()
    const topology = spreadOut()
    const slice = await book(topology)
    const status = await until(slice.sliceId, 'running')
    expect(status.progress).toMatchObject({ linksUp: 14, hostsUp: 11 })
    // Opposite nodes of the ring have no link of their own: what joins them must be relayed.
    expect(Object.values(status.links).some((l) => l.nodes.length === 3)).toBe(true)
    expect(await ping(slice, 'seattle', loopback(topology, 'newyork'))).toContain(' 0% packet loss')
    await end(slice)
    for (const { name } of boxed.nodes) expect(await leftOn(name), name).toEqual([])
  }, 60_000)

  test('carries the leased key between the right nodes while a ping runs, over IPv4 and over IPv6', async () => {
    control()
    const onEach = boxed.box.layout.links.flatMap(({ a, b }, i) => [
      { name: `x${i}`, kind: 'host' as const, x: 0, y: 0, pin: { kind: 'node' as const, node: a } },
      { name: `y${i}`, kind: 'host' as const, x: 0, y: 0, pin: { kind: 'node' as const, node: b } },
    ])
    const topology = buildTopology(
      onEach,
      boxed.box.layout.links.map((_, i) => ({ from: `x${i}`, to: `y${i}` })),
    )
    const slice = await book(topology)
    const status = await until(slice.sliceId, 'running')
    const overIpv6 = boxed.box.layout.links.findIndex((l) => l.aAddress.includes(':'))
    for (const at of [0, overIpv6]) {
      const under = boxed.box.layout.links[at]
      const [a, b] = [`x${at}`, `y${at}`].map((name) => topology.hosts.find((h) => h.name === name))
      const drawn = topology.links.find((l) => l.ends.some((end) => end.kind === 'interface' && end.host === a?.id))
      const link = status.links[drawn?.id ?? '']
      if (!under || !a || !b || !link || link.egreKey === null) throw new Error(`no link over ${under?.aAddress}`)
      const device = `to-${under.b}`.slice(0, 15)
      const filter = at === overIpv6 ? 'ip6 proto 47' : 'ip proto 47'
      const capture = boxed.inNode(under.a, ['timeout', '10', 'tcpdump', '-lnn', '-c', '4', '-i', device, filter])
      let captured = false
      void capture.finally(() => {
        captured = true
      })
      // Until enough has been seen: when tcpdump begins to listen is its own affair.
      const to = b.interfaces[0]?.ipv4?.split('/')[0] ?? ''
      while (!captured) expect(await ping(slice, a.id, to)).toContain(' 0% packet loss')
      const packets = await capture
      expect(packets).toContain(`key=0x${link.egreKey.toString(16)}`)
      expect(packets).toMatch(/ICMP echo request/)
      expect(packets).toContain(`${under.aAddress} > ${under.bAddress}: GREv0`)
    }
    await end(slice)
  }, 60_000)

  test('killed at any point of a deployment and started again ends up running, with nothing doubled', async () => {
    const topology = template('abilene')
    for (const afterMs of [0, 60, 120, 200, 300, 450]) {
      const first = control()
      await eventually('the controller at work', () => first.log().includes('connected'))
      const slice = await book(topology)
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await killAll()
      control()
      const status = await until(slice.sliceId, 'running')
      expect(status.progress.linksUp).toBe(14)
      expect(await test_.db.linkPlacement.count()).toBe(14)
      expect(await test_.db.uidRangeLease.count()).toBe(1)
      expect(await ping(slice, 'losangeles', loopback(topology, 'washington'))).toContain(' 0% packet loss')
      await end(slice)
      await killAll()
    }
    for (const { name } of boxed.nodes) expect(await leftOn(name), name).toEqual([])
  }, 120_000)

  test('two controllers and a killed one: the slice comes up and goes', async () => {
    const first = control()
    control()
    const slice = await book(template('lan-gateway'))
    await first.kill()
    await until(slice.sliceId, 'running')
    await end(slice)
  }, 60_000)
})
