import { randomTopology } from '@myvini/core/topology/random-topology'
import { PlanCache } from '@myvini/store/plan-cache'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { expect, test } from 'vitest'
import { Publishing } from './publishing'

const test_ = useDatabase()

/** A slice with all of its hosts on one node, or, `broken`, with a host that the rows place nowhere. */
async function onNode(nodeId: string, serial: number, broken = false) {
  const { db } = test_
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const topology = randomTopology({ seed: serial, routers: 2, hosts: 2, lans: 0, extraLinks: 0 })
  const sliceId = await addSlice(db, project.id, person, topology)
  const revision = await db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const links = topology.links.map((l, i) => ({ linkId: l.id, path: [], egreKey: serial * 1000 + i + 1 }))
  await db.reservation.create({
    data: {
      ...{ sliceId, revisionId: revision.id, requesterId: person.id, state: 'running' },
      ...{ startsAt: new Date(0), endsAt: new Date(1e13) },
      placements: { create: topology.hosts.map((h) => ({ virtualId: h.id, nodeId })) },
      links: { create: broken ? [] : links },
      uidRange: { create: { slot: serial } },
      slivers: { create: [{ nodeId }] },
    },
  })
}

test('a node whose rows contradict each other stops none of the others, and stays to be done', async () => {
  const { nodes } = await addRing(test_.db, { nodes: 4 })
  for (const [i, node] of nodes.entries()) await onNode(node.id, i + 1, i === 2)
  const told: string[] = []
  const publishing = new Publishing(test_.db, new PlanCache(), {
    onPublished: (node) => void told.push(node),
    onUnsettled: () => undefined,
  })
  publishing.ask(nodes.map((n) => n.id))
  await expect(publishing.round()).rejects.toThrow('missing from the embedding')
  const good = nodes.flatMap((n, i) => (i === 2 ? [] : [n.id]))
  expect(told.toSorted()).toEqual(good.toSorted())
  await expect(publishing.round()).rejects.toThrow('missing from the embedding')
  expect(told).toHaveLength(3)
})

test('what nobody asked for is found, and nodes that lag behind are named', async () => {
  const { nodes } = await addRing(test_.db, { nodes: 2 })
  const [first, second] = nodes
  if (!first || !second) throw new Error('no nodes')
  await onNode(first.id, 11)
  await test_.db.substrateNode.update({ where: { id: second.id }, data: { generation: 3, specHash: 'x' } })
  const [told, lagging]: [string[], string[]] = [[], []]
  const publishing = new Publishing(test_.db, new PlanCache(), {
    onPublished: (node) => void told.push(node),
    onUnsettled: (node) => void lagging.push(node),
  })
  await publishing.round().catch(() => undefined) // the broken one of the test above is found as well
  expect(told).toContain(first.id)
  expect(lagging).toContain(second.id)
  expect(told).not.toContain(second.id)
})
