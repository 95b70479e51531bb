import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import pg from 'pg'
import { expect, test } from 'vitest'
import { parseHint } from './hints'
import { hintImages } from './images'
import { moveReservation } from './reservations'
import { nodeIdOf, recordHellos } from './substrate'

const test_ = useDatabase()

/** What is hinted at while `work` is done, sorted. */
async function hintsOf(work: () => Promise<unknown>): Promise<string[]> {
  const client = new pg.Client({ connectionString: test_.url })
  await client.connect()
  const heard: string[] = []
  client.on('notification', ({ payload = '' }) => heard.push(payload))
  await client.query('LISTEN myvini')
  await work()
  // Hints come in the order in which they were given: once this one is there, so are all before it.
  const last = new Promise<void>((resolve) => client.on('notification', (n) => n.payload === 'end' && resolve()))
  await test_.db.$executeRaw`SELECT pg_notify('myvini', 'end')`
  await last
  await client.end()
  return heard.filter((payload) => payload !== 'end').toSorted()
}

const hello = (kernel: string) => ({
  ...{ agentVersion: '1', bundle: 'b', kernel, capabilities: ['netns' as const], generation: 0, specHash: '' },
  ...{ cpuMilli: 1000, memoryMib: 1000 },
})

test('a node that greets as it was is no news; a new kernel, a lost node and a settled generation are', async () => {
  const { nodes } = await addRing(test_.db, { nodes: 1 })
  const id = nodeIdOf(nodes[0]?.id ?? '')
  const greet = (kernel: string) => () => recordHellos(test_.db, [{ node: id, hello: hello(kernel) }])
  expect(await hintsOf(greet('6.1'))).toEqual([`node ${id}`])
  expect(await hintsOf(greet('6.1'))).toEqual([])
  expect(await hintsOf(greet('6.12'))).toEqual([`node ${id}`])
  const update = (data: object) => () => test_.db.substrateNode.update({ where: { id }, data })
  expect(await hintsOf(update({ health: 'unreachable' }))).toEqual([`node ${id}`])
  expect(await hintsOf(update({ settledGeneration: 3 }))).toEqual([`reported ${id}`])
  expect(await hintsOf(update({ settledGeneration: 3 }))).toEqual([])
  expect(await hintsOf(update({ generation: 4 }))).toEqual([`published ${id}`])
  const since = await test_.db.substrateNode.findUniqueOrThrow({ where: { id } })
  await greet('6.12')()
  const back = await test_.db.substrateNode.findUniqueOrThrow({ where: { id } })
  expect([back.health, back.healthSince > since.healthSince]).toEqual(['healthy', true])
})

test('a slice that is to end has its nodes published at once; of many of its slivers it is named once', async () => {
  const { nodes } = await addRing(test_.db, { nodes: 3 })
  const person = await addPerson(test_.db)
  const project = await addProject(test_.db, [{ person, role: 'lead' }])
  const topology = buildTopology([{ name: 'a', kind: 'host', x: 0, y: 0 }], [])
  const sliceId = await addSlice(test_.db, project.id, person, topology)
  const revision = await test_.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const { id } = await test_.db.reservation.create({
    data: {
      ...{ sliceId, revisionId: revision.id, requesterId: person.id, state: 'running' },
      ...{ startsAt: new Date(0), endsAt: new Date(1e13) },
      slivers: { create: nodes.map((n) => ({ nodeId: n.id })) },
    },
  })
  const all = () => test_.db.sliver.updateMany({ where: { reservationId: id }, data: { state: 'up' } })
  const reported = nodes.map((n) => `reported ${n.id}`)
  expect(await hintsOf(all)).toEqual([`progress ${sliceId}`, ...reported].toSorted())
  expect(await hintsOf(all)).toEqual([`progress ${sliceId}`])
  const hints = await hintsOf(() => moveReservation(test_.db, id, 'stop', 'user'))
  for (const node of nodes) expect(hints).toContain(`spec ${node.id}`)
})

test('what waits to be admitted or started is due, and so is another end; what comes up or ends is not', async () => {
  const person = await addPerson(test_.db)
  const project = await addProject(test_.db, [{ person, role: 'lead' }])
  const topology = buildTopology([{ name: 'a', kind: 'host', x: 0, y: 0 }], [])
  const sliceId = await addSlice(test_.db, project.id, person, topology)
  const revision = await test_.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  let id = ''
  const dueAfter = async (work: () => Promise<unknown>) =>
    (await hintsOf(work)).filter((hint) => hint.startsWith('due ')).length
  const window = { startsAt: new Date(0), endsAt: new Date(1e13) }
  const book = async () => {
    const data = { sliceId, revisionId: revision.id, requesterId: person.id, state: 'requested' as const, ...window }
    id = (await test_.db.reservation.create({ data })).id
  }
  const update = (data: object) => () => test_.db.reservation.update({ where: { id }, data })
  expect(await dueAfter(book)).toBe(0)
  expect(await dueAfter(update({ state: 'approved' }))).toBe(1)
  expect(await dueAfter(update({ state: 'scheduled' }))).toBe(1)
  for (const state of ['provisioning', 'running', 'ending']) expect(await dueAfter(update({ state }))).toBe(0)
  expect(await dueAfter(update({ endsAt: new Date(2e13) }))).toBe(1)
  expect(await dueAfter(update({ reason: 'another' }))).toBe(0)
})

test('whoever builds images hears that there is one to build', async () => {
  const heard = await hintsOf(() => hintImages(test_.db))
  expect(heard.map(parseHint)).toEqual([{ kind: 'image', id: 'all' }])
  expect(parseHint('nonsense 1')).toBeNull()
})
