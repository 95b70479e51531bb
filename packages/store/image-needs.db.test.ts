// A host with less than its image needs: refused where it would be booked, resized, or given another image.
import type { ImageNeeds } from '@myvini/core/images/needs'
import { LEAST_MEMORY_MIB } from '@myvini/core/routing/fit'
import { buildTopology } from '@myvini/core/topology/build'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { beforeAll, describe, expect, test } from 'vitest'
import { requestReservation } from './booking'
import { resizeHost } from './host-control'
import { addImage, finishImage, listChoices } from './images'
import { claimSaved, restoreHost, saveHost } from './saved-hosts'

const at = useDatabase()
const LARGE: ImageNeeds = { memoryMib: 128, diskMib: 512, processes: 64 }
const ENOUGH = { ...LARGE, image: 'large.1' }
let nodeId = ''

async function addReady(name: string, needs: ImageNeeds, hash: string) {
  const added = await addImage(at.db, { recipe: { name, description: '', needs }, source: 'recipe', actorId: null })
  if (!added.ok) throw new Error(added.problem.message)
  await finishImage(at.db, added.value.id, { hash, packedBytes: 1, unpackedBytes: 1, packages: [] })
  return added.value.id
}

beforeAll(async () => {
  await addRing(at.db, { nodes: 1 })
  nodeId = (await at.db.substrateNode.findFirstOrThrow()).id
  await addReady('large', LARGE, 'a'.repeat(64))
})

async function drawn(change: Partial<VirtualHost>, kind: 'host' | 'router' = 'host') {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const topology = buildTopology([{ name: 'web', kind, class: 'vserver', memoryMib: 64, x: 0, y: 0 }], [])
  const hosts = topology.hosts.map((host) => ({ ...host, ...change }))
  const sliceId = await addSlice(at.db, project.id, person, { ...topology, routing: 'ospf', hosts })
  return { person, project, sliceId, host: hosts[0]?.id ?? '' }
}

async function book(change: Partial<VirtualHost>) {
  const { person, project, sliceId } = await drawn(change)
  const now = new Date()
  return requestReservation(at.db, {
    ...{ sliceId, projectId: project.id, requesterId: person.id, startsAt: now, reason: '', placement: 'spread', now },
    endsAt: new Date(now.getTime() + 3_600_000),
  })
}

/** As a controller would have brought it up. */
async function running(change: Partial<VirtualHost>, kind: 'host' | 'router' = 'host') {
  const made = await drawn(change, kind)
  const { sliceId, host, person } = made
  const { id: revisionId } = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const times = { startsAt: new Date(Date.now() - 1000), endsAt: new Date(Date.now() + 3_600_000) }
  const data = { sliceId, revisionId, requesterId: person.id, state: 'running' as const, ...times }
  const { id: reservationId } = await at.db.reservation.create({ data })
  await at.db.hostPlacement.create({ data: { reservationId, virtualId: host, nodeId } })
  await at.db.nodeClaim.create({
    data: { reservationId, nodeId, cpuMilli: 20, memoryMib: 128, hostSlots: 1, ...times },
  })
  const resize = (memoryMib: number, processes = 512) =>
    resizeHost(at.db, sliceId, host, { cpuPercent: 2, cpuCapped: false, memoryMib, processes }, async () => undefined)
  return { ...made, reservationId, resize }
}

describe('a host that is booked with less than its image needs', () => {
  test.each([
    ['memoryMib', 'image.memory', 'web, field memoryMib: it has 127 MiB of memory, and the image large.1 needs 128.'],
    ['diskMib', 'image.disk', 'web, field diskMib: it has 511 MiB of disk, and the image large.1 needs 512.'],
    ['processes', 'image.processes', 'web, field processes: it has 63 processes, and the image large.1 needs 64.'],
  ] as const)('%s', async (field, code, message) => {
    const refused = await book({ ...ENOUGH, [field]: LARGE[field] - 1 })
    expect(refused.ok ? null : refused.problem).toMatchObject({
      ...{ code, message, subject: { kind: 'host' } },
      hint: expect.stringContaining(`at least ${LARGE[field]}`),
    })
  })

  test('is refused by the newest version’s needs where it names none, and booked with as much as it needs', async () => {
    const refused = await book({ ...ENOUGH, image: 'large', memoryMib: 100 })
    expect(refused.ok ? '' : refused.problem.code).toBe('image.memory')
    const booked = await book(ENOUGH)
    expect(booked.ok ? null : booked.problem).toBeNull()
  })
})

test('whoever chooses an image is told what it needs', async () => {
  const choices = await listChoices(at.db, null)
  expect(choices.find((c) => c.label === 'large.1')?.needs).toEqual(LARGE)
})

test('a running host is not given less than its image needs', async () => {
  const { resize } = await running(ENOUGH)
  const refused = await resize(127)
  expect(refused.ok ? '' : refused.problem.message).toContain('web, field memoryMib: it has 127 MiB')
  expect((await resize(128, 63)).ok).toBe(false)
  expect(await resize(128, 64)).toEqual({ ok: true, value: null })
})

test('nor less than its routing software needs', async () => {
  const { resize } = await running({}, 'router')
  const refused = await resize(LEAST_MEMORY_MIB - 1)
  expect(refused.ok ? '' : refused.problem.code).toBe('routing.memory')
  expect(await resize(LEAST_MEMORY_MIB)).toEqual({ ok: true, value: null })
})

test('what is saved of a host needs what that needed, and is not restored to one that has less', async () => {
  const { project, person, sliceId, host, resize } = await running(ENOUGH)
  const saved = await saveHost(at.db, {
    ...{ sliceId, projectId: project.id, host, name: 'mine', description: '', actorId: person.id },
  })
  expect(saved.ok).toBe(true)
  const { id } = (await claimSaved(at.db, nodeId)) ?? { id: '' }
  await finishImage(at.db, id, { hash: 'b'.repeat(64), packedBytes: 1, unpackedBytes: 1, packages: [] })
  const small = await running({})
  await at.db.image.update({ where: { id }, data: { projectId: small.project.id } })
  const restoreTo = ({ sliceId: slice, host: to }: { sliceId: string; host: string }) =>
    at.db.$transaction((tx) => restoreHost(tx, { sliceId: slice, projectId: small.project.id, host: to, imageId: id }))
  const refused = await restoreTo(small)
  expect(refused.ok ? '' : refused.problem.message).toBe(
    'web, field memoryMib: it has 64 MiB of memory, and the image mine.1 needs 128.',
  )
  expect(await at.db.hostControl.count({ where: { image: 'b'.repeat(64) } })).toBe(0)
  // Restored from it, a host needs what it needs, whatever it was drawn with.
  expect((await restoreTo({ sliceId, host })).ok).toBe(true)
  expect((await resize(100)).ok).toBe(false)
})
