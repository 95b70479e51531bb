import { NodeSpec } from '@myvini/core/desired/node-spec'
import { embed } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { randomTopology } from '@myvini/core/topology/random-topology'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { afterEach, expect, test } from 'vitest'
import { writeAdmission } from './admission'
import { openDatabase } from './database'
import { PlanCache } from './plan-cache'
import { publishNodes } from './publish'
import { moveReservation } from './reservations'
import { latestRevision } from './slices'
import { findUnsettledNodes } from './specs'
import { loadSubstrate, nodeIdOf } from './substrate'

const test_ = useDatabase()

afterEach(async () => {
  const { db } = test_
  await db.reservation.deleteMany()
  await db.substrateLink.deleteMany()
  await db.nodeSpec.deleteMany()
  await db.substrateNode.deleteMany()
})

/** Slices that run, over a ring: different drawings, each spread over some of the nodes. */
async function world({ nodes, slices, seed = 1 }: { nodes: number; slices: number; seed?: number }) {
  const { db } = test_
  await addRing(db, { nodes, cpuMilli: 100_000, memoryMib: 1_000_000, hostSlots: 10_000, capacityMbps: 1_000_000 })
  const substrate = await loadSubstrate(db)
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const ids: string[] = []
  for (let i = 0; i < slices; i++) {
    const topology = randomTopology({ seed: seed * 100 + i, routers: 2, hosts: 3, lans: 1, extraLinks: 1 })
    const sliceId = await addSlice(db, project.id, person, topology)
    const revision = await latestRevision(db, sliceId)
    const { id } = await db.reservation.create({
      data: {
        ...{ sliceId, revisionId: revision.id, requesterId: person.id, state: 'approved' },
        ...{ startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000) },
      },
    })
    const request = requestOf(topology)
    const solved = embed(substrate, NOTHING_USED, request, { placement: 'spread', seed: i + 1 })
    if (!solved.ok) throw new Error(solved.problem.message)
    const admitted = { reservationId: id, topology, request, embedding: solved.value, substrate }
    expect(await writeAdmission(db, admitted)).toBe('admitted')
    await moveReservation(db, id, 'start', 'controller')
    ids.push(id)
  }
  return { nodes: substrate.nodes.map((n) => n.id), ids }
}

const newestOf = async (): Promise<Map<string, { generation: number; content: string }>> => {
  const rows = await test_.db.nodeSpec.findMany({ orderBy: { generation: 'asc' } })
  return new Map(rows.map((r) => [r.nodeId, { generation: r.generation, content: r.content }]))
}

async function forgetSpecs() {
  const { db } = test_
  await db.nodeSpec.deleteMany()
  await db.substrateNode.updateMany({ data: { generation: 0, specHash: '', settledGeneration: 0 } })
  await db.sliver.updateMany({ data: { generation: 0, removedGeneration: null } })
}

test.each([1, 2, 3])(
  'many nodes published together have the specs that they have one by one (world %i)',
  async (seed) => {
    const { nodes } = await world({ nodes: 7, slices: 9, seed })
    for (const node of nodes) await publishNodes(test_.db, [node], new PlanCache())
    const alone = await newestOf()
    expect(alone.size).toBe(nodes.length)
    await forgetSpecs()
    // A cache that holds one slice at most, so that plans leave and are made again.
    await publishNodes(test_.db, nodes, new PlanCache(8))
    expect(await newestOf()).toEqual(alone)
    const again = await publishNodes(test_.db, nodes, new PlanCache())
    expect([...again.values()].map(({ generation, content }) => [generation, content])).toEqual(
      nodes.map(() => [1, null]),
    )
  },
)

test('of controllers that publish the same nodes at once one gives each its next generation, and all tell the same', async () => {
  const { nodes } = await world({ nodes: 6, slices: 6 })
  const others = [1, 2, 3].map(() => openDatabase({ url: test_.url, connections: 3 }))
  try {
    const all = await Promise.all(
      others.flatMap((db, i) => [
        publishNodes(db, i === 1 ? nodes.toReversed() : nodes, new PlanCache()),
        publishNodes(db, nodes.slice(i, i + 3), new PlanCache()),
      ]),
    )
    const specs = await test_.db.nodeSpec.findMany()
    expect(specs.map((s) => s.generation)).toEqual(nodes.map(() => 1))
    for (const node of nodes) {
      const told = all.flatMap((published) => published.get(node) ?? [])
      expect(told.every((p) => p.generation === 1)).toBe(true)
      // Whoever was first had it to give to the node; the others found that all was said.
      expect(told.filter((p) => p.content !== null)).toHaveLength(1)
    }
  } finally {
    await Promise.all(others.map((db) => db.$disconnect()))
  }
})

test('slices that end while they are published are in a spec or marked as gone from it, never neither nor both', async () => {
  const { nodes, ids } = await world({ nodes: 5, slices: 10 })
  const plans = new PlanCache()
  const ending = ids.filter((_, i) => i % 2 === 0)
  const publishing = async () => {
    for (let i = 0; i < 6; i++) await publishNodes(test_.db, nodes, plans)
  }
  const stopping = async () => {
    for (const id of ending) {
      await moveReservation(test_.db, id, 'stop', 'user')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  await Promise.all([publishing(), publishing(), stopping()])
  await publishNodes(test_.db, nodes, plans)
  const specs = new Map(
    (await test_.db.nodeSpec.findMany()).map((s) => [
      `${s.nodeId} ${s.generation}`,
      new Set<string>(NodeSpec.parse(JSON.parse(s.content)).slivers.map((v) => v.reservation)),
    ]),
  )
  for (const { reservationId, nodeId, generation, removedGeneration } of await test_.db.sliver.findMany()) {
    const added = specs.get(`${nodeId} ${generation}`)
    if (generation > 0 && added) expect(added.has(reservationId)).toBe(true)
    if (!ending.includes(reservationId)) {
      expect([generation > 0, removedGeneration]).toEqual([true, null])
      continue
    }
    expect(removedGeneration).not.toBeNull()
    const without = specs.get(`${nodeId} ${removedGeneration}`)
    if (without) expect(without.has(reservationId)).toBe(false)
  }
  expect((await findUnsettledNodes(test_.db)).toPublish).toEqual([])
})

test('a node that is no more stops none of the others', async () => {
  const { nodes } = await world({ nodes: 3, slices: 2 })
  const published = await publishNodes(test_.db, [...nodes, nodeIdOf('long-gone')], new PlanCache())
  expect([...published.keys()].toSorted()).toEqual(nodes.toSorted())
})
