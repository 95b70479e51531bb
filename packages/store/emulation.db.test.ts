import { NodeSpec } from '@myvini/core/desired/node-spec'
import { buildTopology } from '@myvini/core/topology/build'
import { type Emulation, UNIMPAIRED } from '@myvini/core/topology/emulation'
import { nodeIdOf } from '@myvini/store/substrate'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { expect, test } from 'vitest'
import { changeEmulation, loadEmulations, saveTrace } from './emulation'
import { PlanCache } from './plan-cache'
import { publishNodes } from './publish'
import { loadNewestSpecs } from './specs'

const at = useDatabase()
const slow = (delayMs: number): Emulation => [
  { ...UNIMPAIRED, delayMs },
  { ...UNIMPAIRED, down: true },
]

/** Two hosts on one node, joined by a link whose drawing has a delay of 5 ms. */
async function running(state: 'running' | 'ended' = 'running') {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const drawn = buildTopology(
    [
      { name: 'a', kind: 'host', x: 0, y: 0 },
      { name: 'b', kind: 'host', x: 0, y: 0 },
    ],
    [{ from: 'a', to: 'b' }],
  )
  const topology = { ...drawn, links: drawn.links.map((l) => ({ ...l, emulation: slow(5) })) }
  const sliceId = await addSlice(at.db, project.id, person, topology)
  const { nodes } = await addRing(at.db, { nodes: 1 })
  const [node] = nodes
  if (!node) throw new Error('no node')
  const revision = await at.db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const { _max } = await at.db.uidRangeLease.aggregate({ _max: { slot: true } })
  const { _max: key } = await at.db.linkPlacement.aggregate({ _max: { egreKey: true } })
  const { id } = await at.db.reservation.create({
    data: {
      ...{ sliceId, revisionId: revision.id, requesterId: person.id, state },
      ...{ startsAt: new Date(0), endsAt: new Date(1e13) },
      placements: { create: ['a', 'b'].map((virtualId) => ({ virtualId, nodeId: node.id })) },
      links: { create: [{ linkId: 'l1', path: [], egreKey: (key.egreKey ?? 0) + 1 }] },
      uidRange: { create: { slot: (_max.slot ?? 0) + 1 } },
      slivers: { create: [{ nodeId: node.id }] },
    },
  })
  const plans = new PlanCache()
  const lines = async () => {
    await publishNodes(at.db, [nodeIdOf(node.id)], plans)
    const newest = await loadNewestSpecs(at.db, [{ node: nodeIdOf(node.id), generation: 0 }])
    const spec = NodeSpec.parse(JSON.parse(newest.get(nodeIdOf(node.id))?.content ?? ''))
    const link = spec.slivers[0]?.links[0]
    return { spec, lines: link?.kind === 'local' ? (link.lines ?? []) : null }
  }
  const change = (emulation: Emulation | null, linkId = 'l1') =>
    changeEmulation(at.db, { reservationId: id, linkId, emulation, personId: person.id, personName: person.name })
  return { id, sliceId, node, lines, change }
}

test('the drawing’s own holds until somebody changes it, then what was changed, without a new booking', async () => {
  const one = await running()
  expect((await one.lines()).lines?.map((l) => [l.delayUs, l.down])).toEqual([
    [5000, true], // at b, where the way there ends and the way back begins
  ])
  expect(await one.change(slow(70))).toEqual({ ok: true, value: null })
  expect((await one.lines()).lines?.map((l) => l.delayUs)).toEqual([70_000])
  await one.change(null)
  expect((await one.lines()).lines).toEqual([])
  expect((await loadEmulations(at.db, [one.id])).get(one.id)).toEqual(new Map([['l1', null]]))
})

test('it is written into the events of the slice and the audit log', async () => {
  const one = await running()
  await one.change(slow(70))
  const [event] = await at.db.sliceEvent.findMany({ where: { sliceId: one.sliceId, kind: 'emulation' } })
  expect(event?.message).toContain('a–b: → 70 ms / ← down')
  const [entry] = await at.db.auditEntry.findMany({ where: { subjectId: one.id, action: 'reservation.emulate' } })
  expect(entry?.detail).toEqual({ link: 'a–b', emulation: '→ 70 ms / ← down' })
})

test('a link that does not run, a slice that is over and a trace nobody uploaded are refused', async () => {
  const one = await running()
  expect(await one.change(slow(1), 'l9')).toMatchObject({ ok: false, problem: { code: 'emulation.no-link' } })
  expect(await (await running('ended')).change(slow(1))).toMatchObject({ problem: { code: 'emulation.over' } })
  const unknown: Emulation = [
    { ...UNIMPAIRED, trace: { id: '0'.repeat(32) as never, name: 'lost', loop: true } },
    UNIMPAIRED,
  ]
  expect(await one.change(unknown)).toMatchObject({ ok: false, problem: { code: 'emulation.no-trace' } })
})

test('a trace is stored once, and goes to the nodes whose links follow it', async () => {
  const one = await running()
  const id = await saveTrace(at.db, [[1000, 2000, 0, 5]])
  expect(await saveTrace(at.db, [[1000, 2000, 0, 5]])).toBe(id)
  const following: Emulation = [{ ...UNIMPAIRED, trace: { id, name: 'mine', loop: true } }, UNIMPAIRED]
  expect((await one.change(following)).ok).toBe(true)
  const { lines, spec } = await one.lines()
  expect(lines?.map((l) => [l.trace, l.loop])).toEqual([[id, true]])
  expect(spec.traces).toEqual([{ id, steps: [[1000, 2000, 0, 5]] }])
  await one.change(null)
  expect((await one.lines()).spec.traces).toBeUndefined()
})
