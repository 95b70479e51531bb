import type { Drift } from '@myvini/core/desired/drift'
import { partKey } from '@myvini/core/desired/naming'
import type { ReservationId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { listNodeDrift, listSliceDrift, recordDrift } from './drift'
import { nodeIdOf } from './substrate'

const at = useDatabase()
const drawn = buildTopology(
  [
    { name: 'seattle', kind: 'router', x: 0, y: 0 },
    { name: 'denver', kind: 'router', x: 0, y: 0 },
  ],
  [{ from: 'seattle', to: 'denver' }],
)
const [seattle] = drawn.hosts.map((h) => h.id as string)
const [link] = drawn.links.map((l) => l.id as string)
let node = nodeIdOf('none')
let sliceId = ''
let reservation = '' as ReservationId

beforeAll(async () => {
  await addRing(at.db, { nodes: 1 })
  node = nodeIdOf((await at.db.substrateNode.findFirstOrThrow()).id)
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  sliceId = await addSlice(at.db, project.id, person, drawn)
  const revision = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const row = await at.db.reservation.create({
    data: {
      sliceId,
      revisionId: revision.id,
      requesterId: person.id,
      state: 'running',
      startsAt: new Date(Date.now() - 1000),
      endsAt: new Date(Date.now() + 3_600_000),
    },
  })
  reservation = row.id as ReservationId // as the node has it in its spec
})
beforeEach(async () => {
  await at.db.nodeDrift.deleteMany()
})

const time = (s: number) => new Date(1_800_000_000_000 + s * 1000).toISOString()
const gone = (more: Partial<Drift> = {}): Drift => ({
  at: time(0),
  since: time(0),
  times: 1,
  kind: 'interface-gone',
  reservation,
  host: partKey(reservation, seattle ?? ''),
  interface: 'eth0',
  link: partKey(reservation, link ?? ''),
  what: 'interface eth0 was gone',
  ...more,
})
const told = (drift: Drift[], memory = new Map<string, string>()) => recordDrift(at.db, node, drift, memory)

test('what a node found is told of the slice, in the names of its drawing, with what to show', async () => {
  await told([gone()])
  expect(await listSliceDrift(at.db, sliceId, 10)).toMatchObject([
    {
      message: 'seattle’s eth0 had been removed from inside; it was put back',
      times: 1,
      slice: { id: sliceId },
      subject: { kind: 'host', id: seattle },
    },
  ])
})

test('a repeat raises the count of its row; the same report told again, late or by another controller, changes nothing', async () => {
  const memory = new Map<string, string>()
  expect(await told([gone()], memory)).toBe(true)
  expect(await told([gone()], memory)).toBe(false)
  expect(await told([gone({ times: 3, at: time(9) })], memory)).toBe(true)
  await told([gone()]) // an old one, by somebody who knows of nothing
  expect(await listSliceDrift(at.db, sliceId, 10)).toMatchObject([
    { times: 3, firstAt: new Date(time(0)), lastAt: new Date(time(9)) },
  ])
})

test('a guest that finds ever new things to break does not crowd out what the node tells of itself', async () => {
  await told([{ at: time(0), what: 'a path for key 7 was there that no spec has; it was removed', kind: 'stray' }])
  for (let i = 1; i <= 3; i++)
    await told(Array.from({ length: 20 }, (_, n) => gone({ interface: `x${i}-${n}`, since: time(i), at: time(i) })))
  const rows = await listNodeDrift(at.db, node, 500)
  expect(rows).toHaveLength(31)
  expect(rows.at(-1)).toMatchObject({ slice: null, message: expect.stringMatching(/^A path for key 7/) })
})

test('findings of a slice that the database knows nothing of are the node’s own', async () => {
  await told([gone({ reservation: 'no-such-one' as ReservationId })])
  expect(await listSliceDrift(at.db, sliceId, 10)).toEqual([])
  expect(await listNodeDrift(at.db, node, 10)).toMatchObject([{ slice: null, subject: null }])
})

test('what an agent of before tells without kinds is kept in its words', async () => {
  await told([{ at: time(0), what: 'interface eth0 of x was gone' }])
  expect((await listNodeDrift(at.db, node, 10))[0]?.message).toBe('Interface eth0 of x was gone')
})
