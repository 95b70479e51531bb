import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { beforeAll, expect, test } from 'vitest'
import { actOnHosts, loadControls } from './host-control'
import { checkImages } from './image-needs'
import { addImage, claimImage, deleteImage, finishImage, listChoices, queueImage } from './images'
import { claimSaved, listSaved, restoreHost, saveHost } from './saved-hosts'

const at = useDatabase()
const drawn = buildTopology(
  [
    { name: 'a', kind: 'host', class: 'vserver', memoryMib: 64, x: 0, y: 0 },
    { name: 'b', kind: 'host', x: 0, y: 0 },
  ],
  [],
)
const [a, b] = drawn.hosts.map((h) => h.id)
let nodeId = ''

async function running() {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(at.db, project.id, person, drawn)
  const revision = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const times = { startsAt: new Date(Date.now() - 1000), endsAt: new Date(Date.now() + 3_600_000) }
  const data = { sliceId, revisionId: revision.id, requesterId: person.id, state: 'running' as const, ...times }
  const { id } = await at.db.reservation.create({ data })
  await at.db.hostPlacement.createMany({
    data: drawn.hosts.map((h) => ({ reservationId: id, virtualId: h.id, nodeId })),
  })
  const save = (name: string, host = a ?? '') =>
    saveHost(at.db, { sliceId, projectId: project.id, host, name, description: '', actorId: person.id })
  const control = async () => (await loadControls(at.db, [id])).get(id)?.get(a ?? '')
  return { person, project, sliceId, reservationId: id, save, control }
}

beforeAll(async () => {
  await addRing(at.db, { nodes: 1 })
  nodeId = (await at.db.substrateNode.findFirstOrThrow()).id
})

test('a host is saved for its project, read by the controller of its node, and then worked on like an upload', async () => {
  const { project, reservationId, save } = await running()
  expect(await save('mine')).toEqual({ ok: true, value: { host: 'a', version: 1 } })
  expect(await claimImage(at.db, new Date(Date.now() + 3_600_000))).toBeNull() // nobody makes one of what is not there yet
  const claimed = await claimSaved(at.db, nodeId)
  expect(claimed?.hostKey).toBe(`${reservationId}-${a}`)
  expect(await claimSaved(at.db, nodeId)).toBeNull()
  await queueImage(at.db, claimed?.id ?? '')
  expect((await claimImage(at.db, new Date()))?.kind).toBe('archive')
  await finishImage(at.db, claimed?.id ?? '', { hash: 'a'.repeat(64), packedBytes: 1, unpackedBytes: 1, packages: [] })
  expect((await listSaved(at.db, project.id)).map((i) => [i.name, i.version, i.state])).toEqual([['mine', 1, 'ready']])
})

test('what is no container, or is stopped, has nothing to save', async () => {
  const { sliceId, save } = await running()
  const code = async (saved: ReturnType<typeof save>) => saved.then((r) => (r.ok ? 'saved' : r.problem.code))
  expect(await code(save('other', b))).toBe('host.no-disk')
  await at.db.$transaction((tx) => actOnHosts(tx, sliceId, [a ?? ''], 'stop'))
  expect(await code(save('other'))).toBe('host.is-off')
  expect(await code(save('other', 'nobody'))).toBe('host.not-running')
})

test('it is open to its own project alone, and its name is taken for others', async () => {
  const [one, other] = [await running(), await running()]
  await one.save('private')
  const claimed = await claimSaved(at.db, nodeId)
  await finishImage(at.db, claimed?.id ?? '', { hash: 'b'.repeat(64), packedBytes: 1, unpackedBytes: 1, packages: [] })
  const names = async (project: string | null) => (await listChoices(at.db, project)).map((c) => c.label)
  expect(await names(one.project.id)).toContain('private.1')
  expect(await names(other.project.id)).not.toContain('private.1')
  expect(await names(null)).not.toContain('private.1')
  const topology = { ...drawn, hosts: drawn.hosts.map((h) => ({ ...h, image: 'private.1' })) }
  const soon = new Date(Date.now() + 60_000)
  expect((await checkImages(at.db, topology, soon, one.project.id)).ok).toBe(true)
  expect((await checkImages(at.db, topology, soon, other.project.id)).ok).toBe(false)
  const taken = await other.save('private')
  expect(taken.ok ? '' : taken.problem.code).toBe('image.name-taken')
  const recipe = { name: 'private', description: '' }
  expect((await addImage(at.db, { recipe, source: 'recipe', actorId: null })).ok).toBe(false)
})

test('a host is restored from one with a fresh disk; that can be undone, and the image is kept meanwhile', async () => {
  const { person, project, sliceId, save, control } = await running()
  await save('again')
  const id = (await claimSaved(at.db, nodeId))?.id ?? ''
  const restore = (projectId = project.id) =>
    at.db.$transaction((tx) => restoreHost(tx, { sliceId, projectId, host: a ?? '', imageId: id }))
  expect((await restore()).ok).toBe(false) // not there yet
  const hash = 'c'.repeat(64)
  await finishImage(at.db, id, { hash, packedBytes: 1, unpackedBytes: 1, packages: [] })
  expect((await restore('another')).ok).toBe(false)
  expect((await restore()).ok).toBe(true)
  expect(await control()).toMatchObject({ state: 1, image: hash })
  const kept = await deleteImage(at.db, person.id, id)
  expect(kept.ok ? '' : kept.problem.code).toBe('image.used')
  await at.db.$transaction((tx) => actOnHosts(tx, sliceId, [a ?? ''], 'undo-reset'))
  expect(await control()).toMatchObject({ state: 0, image: null })
  await restore()
  // Back to where it was before this one, not to the disk that was given up.
  expect(await control()).toMatchObject({ state: 2, stateBefore: 0, image: hash })
  await at.db.$transaction((tx) => actOnHosts(tx, sliceId, [a ?? ''], 'reset'))
  expect(await control()).toMatchObject({ state: 3, stateBefore: 2, image: null })
  await at.db.$transaction((tx) => actOnHosts(tx, sliceId, [a ?? ''], 'undo-reset'))
  expect(await control()).toMatchObject({ state: 2, stateBefore: 3, image: hash })
})
