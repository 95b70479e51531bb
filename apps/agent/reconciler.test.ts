import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { KernelModel } from '@myvini/core/reconcile/model'
import type { Operation } from '@myvini/core/reconcile/operations'
import { buildTopology } from '@myvini/core/topology/build'
import { expect, onTestFinished, test } from 'vitest'
import { ConfiguredRecord } from './configured'
import { Reconciler } from './reconciler'

const { substrate, underlays } = ringSubstrate(1)

function specOf(generation: number, names: readonly string[]): NodeSpec {
  const topology = buildTopology(
    names.map((name) => ({ name, kind: 'router' as const, x: 0, y: 0 })),
    names.slice(1).map((to, i) => ({ from: names[i] ?? '', to })),
  )
  const plan = planSlice(activeSlice('one', topology, substrate, 1), underlays)
  return { ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays), generation }
}

/** A node whose kernel is a model, and the story of what it was asked. */
async function node() {
  const folder = await mkdtemp(join(tmpdir(), 'myvini-reconciler-'))
  const model = new KernelModel()
  let seen = model.observe()
  const story: string[] = []
  const reports: NodeReport[] = []
  const reconciler = new Reconciler({
    kernel: {
      observe: async () => {
        story.push('look')
        const now = model.observe()
        // As `trellis` does: the very same where nothing has changed.
        if (JSON.stringify(now) !== JSON.stringify(seen)) seen = now
        return seen
      },
      run: async (ops: readonly Operation[]) => {
        story.push('do')
        for (const op of ops) model.apply(op)
        return ops.map(() => ({ ok: true as const }))
      },
      stats: async () => {
        throw new Error('nobody asks for counters here')
      },
    },
    configured: await ConfiguredRecord.open(join(folder, 'configured.json')),
    onReport: (report) => reports.push(report),
    prepare: async () => undefined,
    images: async () => ({ present: [], missing: [] }),
    tidy: async () => undefined,
    startUps: { tell: (slivers) => [...slivers], look: () => undefined },
    rest: () => undefined,
    log: () => undefined,
  })
  onTestFinished(async () => {
    reconciler.close()
    await rm(folder, { recursive: true, force: true })
  })
  /** Until the node has been given the spec and says that it is as that says. */
  const take = async (spec: NodeSpec) => {
    story.length = 0
    reconciler.setSpec(spec)
    await expect.poll(() => reports.at(-1)).toMatchObject({ generation: spec.generation, settled: true })
  }
  return { model, story, reports, reconciler, take }
}

test('a new spec is begun at once by what was seen a moment ago, and what was done is looked at', async () => {
  const { story, take } = await node()
  await take(specOf(1, ['a', 'b']))
  expect(story).toEqual(['look', 'do', 'look'])
  await take(specOf(2, ['a', 'b', 'c']))
  expect(story).toEqual(['do', 'look'])
})

test('what has changed since it was seen is put right and told, before the node says that it is as the spec says', async () => {
  const { model, story, reports, take } = await node()
  await take(specOf(1, ['a', 'b']))
  const [device = ''] = model.observe().devices.map((d) => d.device)
  model.apply({ op: 'device.delete', devices: [device] })
  const before = reports.length
  await take(specOf(2, ['a', 'b', 'c']))
  expect(story).toEqual(['do', 'look', 'look', 'do', 'look'])
  const told = reports.slice(before).filter((r) => r.settled && r.generation === 2)
  expect(told.flatMap((r) => r.slivers.flatMap((s) => Object.values(s.links).map((l) => l.state)))).toEqual([
    'up',
    'up',
  ])
  expect(model.observe().devices.map((d) => d.device)).toContain(device)
  expect(reports.at(-1)?.drift.map((d) => d.kind)).toEqual(['interface-gone'])
})

test('a check of what is settled always looks', async () => {
  const { story, take, reconciler } = await node()
  await take(specOf(1, ['a', 'b']))
  story.length = 0
  await reconciler.poke()
  expect(story).toEqual(['look'])
})

test('after checks that found all as it was, what then goes is put right and told', async () => {
  const { model, story, reports, take, reconciler } = await node()
  await take(specOf(1, ['a', 'b']))
  for (let i = 0; i < 3; i++) await reconciler.poke()
  const settled = reports.at(-1)
  expect(settled?.slivers.flatMap((s) => Object.values(s.hosts).map((h) => h.state))).toEqual(['up', 'up'])
  expect(reconciler.report).toEqual(settled)
  const [device = ''] = model.observe().devices.map((d) => d.device)
  model.apply({ op: 'device.delete', devices: [device] })
  story.length = 0
  await reconciler.poke()
  expect(story).toEqual(['look', 'do', 'look'])
  expect(model.observe().devices.map((d) => d.device)).toContain(device)
  expect(reports.at(-1)).toMatchObject({ settled: true, drift: [{ kind: 'interface-gone' }] })
  // The spec is another one: what was looked at may be the same, what is wanted is not.
  await take(specOf(2, ['a']))
  expect(Object.keys(reports.at(-1)?.slivers[0]?.hosts ?? {})).toHaveLength(1)
})
