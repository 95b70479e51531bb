import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { beforeAll, expect, test } from 'vitest'
import { actOnHosts } from './host-control'
import { claimImage, deleteImage, failImage, finishImage, forgetImage, listChoices, queueImage } from './images'
import { claimSaved } from './saved-hosts'
import {
  deleteSavedSlice,
  listSavedSlices,
  SAVED_LIMITS,
  savedTopology,
  saveSlice,
  settleSavedSlices,
} from './saved-slices'

const at = useDatabase()
const drawn = buildTopology(
  [
    { name: 'r1', kind: 'router', class: 'vserver', memoryMib: 64, x: 0, y: 0 },
    { name: 'r2', kind: 'router', class: 'vserver', memoryMib: 64, x: 0, y: 0 },
    { name: 'pc', kind: 'host', x: 0, y: 0 },
  ],
  [{ from: 'r1', to: 'r2' }],
)
const [r1, , pc] = drawn.hosts
let nodeId = ''

beforeAll(async () => {
  await addRing(at.db, { nodes: 1 })
  nodeId = (await at.db.substrateNode.findFirstOrThrow()).id
})

async function running(topology = drawn) {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(at.db, project.id, person, topology)
  const revision = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const times = { startsAt: new Date(Date.now() - 1000), endsAt: new Date(Date.now() + 3_600_000) }
  const data = { sliceId, revisionId: revision.id, requesterId: person.id, state: 'running' as const, ...times }
  const { id } = await at.db.reservation.create({ data })
  const placements = topology.hosts.map((h) => ({ reservationId: id, virtualId: h.id, nodeId }))
  await at.db.hostPlacement.createMany({ data: placements })
  const save = (name = 'exam') => saveSlice(at.db, { sliceId, projectId: project.id, name, actorId: person.id })
  const list = () => listSavedSlices(at.db, project.id)
  return { person, project, sliceId, save, list }
}

const done = (digit: string, packedBytes = 1000) => ({
  ...{ hash: digit.repeat(64), packedBytes, unpackedBytes: packedBytes, packages: [] },
})

/** As controller and image builder do it: read from the node, then made an image. */
async function bringOne(digit: string, bytes?: number) {
  const read = await claimSaved(at.db, nodeId)
  if (!read) throw new Error('nothing waits for the node')
  await queueImage(at.db, read.id)
  const work = await claimImage(at.db, new Date())
  if (work?.kind !== 'archive') throw new Error('what was read is not worked on')
  const kept = await finishImage(at.db, work.id, done(digit, bytes))
  await settleSavedSlices(at.db)
  return { id: work.id, kept }
}

async function emptyQueue() {
  for (
    let work = await claimImage(at.db, new Date());
    work?.kind === 'delete';
    work = await claimImage(at.db, new Date())
  )
    await forgetImage(at.db, work.id)
}

test('a slice is whole once each of its containers is saved, and not before; others can then be drawn from it', async () => {
  const { project, save, list } = await running()
  const saved = await save()
  expect(saved).toMatchObject({ ok: true, value: { hosts: 2 } })
  const id = saved.ok ? saved.value.id : ''
  await bringOne('a')
  expect((await list()).slices).toMatchObject([{ state: 'saving', hosts: 2, hostsReady: 1 }])
  expect(await savedTopology(at.db, id, project.id)).toMatchObject({ ok: false, problem: { code: 'saved.not-ready' } })
  expect(await listChoices(at.db, project.id)).toEqual([]) // no half of it is offered
  await bringOne('b')
  expect(await list()).toMatchObject({ usedBytes: 2000, slices: [{ state: 'ready', packedBytes: 2000 }] })
  const topology = await savedTopology(at.db, id, project.id)
  const images = topology.ok ? topology.value.topology.hosts.map((h) => h.image) : []
  const known = (await listChoices(at.db, project.id)).map((c) => c.label)
  expect(images.map((image) => known.includes(image))).toEqual([true, true, false])
  expect(topology.ok && topology.value.topology.hosts.find((h) => h.id === pc?.id)?.image).toBe(pc?.image)
  expect((await savedTopology(at.db, id, 'another-project')).ok).toBe(false)
})

test('when one host cannot be saved, nothing is kept, and it is said which', async () => {
  const { project, person, save, list } = await running()
  await save()
  await bringOne('c')
  const second = await claimSaved(at.db, nodeId)
  await failImage(at.db, second?.id ?? '', { code: 'image.host-unread', message: 'its tar ended with 2.', hint: '' })
  await settleSavedSlices(at.db)
  const [row] = (await list()).slices
  expect(row).toMatchObject({ state: 'failed', packedBytes: 0 })
  expect(row?.problem?.message).toMatch(/^r[12]: its tar ended with 2\./)
  await emptyQueue()
  expect(await at.db.image.count({ where: { savedSliceId: row?.id ?? '' } })).toBe(0)
  const again = await save() // the same name, in place of what failed
  expect((await list()).slices).toMatchObject([{ state: 'saving' }])
  const id = again.ok ? again.value.id : ''
  await deleteSavedSlice(at.db, { id, projectId: project.id, actorId: person.id })
  await emptyQueue()
})

test('one that is given up while it is read leaves neither rows nor files', async () => {
  const { project, person, save, list } = await running()
  const saved = await save('given-up')
  const id = saved.ok ? saved.value.id : ''
  const ours = async () => at.db.image.findMany({ where: { projectId: project.id } })
  const [first] = await ours()
  await at.db.image.updateMany({ where: { id: first?.id ?? '' }, data: { workedAt: new Date() } }) // its node sends it
  expect(await deleteSavedSlice(at.db, { id, projectId: project.id, actorId: person.id })).toMatchObject({ ok: true })
  await queueImage(at.db, first?.id ?? '') // all of it has come
  expect((await ours()).map((i) => i.state)).toEqual(['deleting', 'deleting'])
  // The builder was at it already: what it has made is told to the row that is to go, so that the file goes too.
  expect(await finishImage(at.db, first?.id ?? '', done('d'))).toBe(true)
  expect(await at.db.image.findUnique({ where: { id: first?.id ?? '' } })).toMatchObject({
    state: 'deleting',
    hash: 'd'.repeat(64),
  })
  await emptyQueue()
  expect(await ours()).toEqual([])
  expect(await finishImage(at.db, first?.id ?? '', done('d'))).toBe(false) // late: its file is nobody's
  expect((await list()).slices).toEqual([])
})

test('what a reservation starts from is not deleted, and it is said which slice', async () => {
  const { project, person, save } = await running()
  const saved = await save('used')
  const id = saved.ok ? saved.value.id : ''
  const { id: image } = await bringOne('e')
  await bringOne('f')
  const topology = await savedTopology(at.db, id, project.id)
  if (!topology.ok) throw new Error(topology.problem.message)
  const user = await running(topology.value.topology)
  const wish = { id, projectId: project.id, actorId: person.id }
  expect(await deleteSavedSlice(at.db, wish)).toMatchObject({ ok: false, problem: { code: 'image.used' } })
  expect(await deleteImage(at.db, person.id, image)).toMatchObject({ problem: { code: 'image.of-a-whole' } })
  await at.db.reservation.updateMany({ where: { sliceId: user.sliceId }, data: { state: 'ended' } })
  expect(await deleteSavedSlice(at.db, wish)).toMatchObject({ ok: true })
  await emptyQueue()
  expect(await at.db.image.count({ where: { id: image } })).toBe(0)
})

test('a saved image of one host goes by the wish of its project, and of no other', async () => {
  const { project, person } = await running()
  const row = { name: `own-${project.id.slice(0, 8)}`, version: 1, source: 'host', state: 'ready' as const }
  const { id } = await at.db.image.create({ data: { ...row, hash: '9'.repeat(64), projectId: project.id } })
  expect(await deleteImage(at.db, person.id, id, 'another')).toMatchObject({ problem: { code: 'image.gone' } })
  expect(await deleteImage(at.db, person.id, id, project.id)).toMatchObject({ ok: true })
  await emptyQueue()
})

test('a stopped host is named; a slice without containers, or that does not run, is refused in words', async () => {
  const { sliceId, save } = await running()
  await at.db.$transaction((tx) => actOnHosts(tx, sliceId, [r1?.id ?? ''], 'stop'))
  expect(await save()).toMatchObject({
    problem: { code: 'host.is-off', message: expect.stringContaining('r1 is stopped') },
  })
  await at.db.reservation.updateMany({ where: { sliceId }, data: { state: 'ended' } })
  expect(await save()).toMatchObject({ problem: { code: 'saved.not-running' } })
  const bare = await running({ ...drawn, hosts: drawn.hosts.map((h) => ({ ...h, class: 'netns' as const })) })
  expect(await bare.save()).toMatchObject({ problem: { code: 'saved.no-containers' } })
})

test('a project keeps to its room: what would exceed it is not kept', async () => {
  const { project, save, list } = await running()
  await save('large')
  await bringOne('1', SAVED_LIMITS.bytes)
  await bringOne('2', 1000)
  expect((await list()).slices).toMatchObject([{ state: 'failed', problem: { code: 'saved.too-large' } }])
  await emptyQueue()
  expect((await list()).usedBytes).toBe(0)
  expect(await at.db.image.count({ where: { projectId: project.id } })).toBe(0)
})
