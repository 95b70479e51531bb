import { expect, test } from 'vitest'
import { compileNodeSpec, planSlice } from '../desired/compile'
import { activeSlice, ringSubstrate } from '../desired/random-slice'
import type { SubstrateNodeId } from '../ids'
import { applyEdit } from '../topology/edit'
import { randomTopology } from '../topology/random-topology'
import type { Datapath } from '../topology/topology'
import { diffNode } from './diff'
import type { Observed } from './kernel-state'
import { KernelModel } from './model'
import { pathsTaken } from './path-taken'

const { substrate, underlays } = ringSubstrate(3)
const NODE = 'n0' as SubstrateNodeId
const options = { fingerprint: (document: unknown) => JSON.stringify(document), configured: new Map<string, string>() }

const drawing = (datapath: Datapath) => {
  const drawn = applyEdit(randomTopology({ seed: 7, routers: 6, hosts: 4, lans: 0, extraLinks: 4 }), {
    ...{ kind: 'set-datapath', datapath },
  })
  if (!drawn.ok) throw new Error(drawn.problem.message)
  return drawn.value
}
const specOf = (datapath: Datapath) =>
  compileNodeSpec(NODE, [planSlice(activeSlice('s1', drawing(datapath), substrate, 1), underlays)], underlays)

function settled(spec: ReturnType<typeof specOf>): Observed {
  const kernel = new KernelModel()
  for (let pass = 0; pass < 3; pass++) for (const op of diffNode(spec, kernel.observe(), options)) kernel.apply(op)
  const { lines: _, ...observed } = kernel.observe()
  return { ...observed, lines: [] }
}
const kinds = (taken: ReturnType<typeof pathsTaken>) => [
  ...new Set(taken.map(({ path, reasons }) => [path, ...reasons].join(' '))),
]

test('automatic is not written into a drawing', () => {
  expect(drawing('auto')).not.toHaveProperty('datapath')
  expect(drawing('tc')).toMatchObject({ datapath: 'tc' })
})

test('each end at a router says which path it takes, and ends at hosts say nothing', () => {
  const spec = specOf('auto')
  const taken = pathsTaken(spec, settled(spec))
  const routers = spec.slivers.flatMap((s) => s.hosts.filter((h) => h.forwarding && h.interfaces.length > 1))
  expect(taken).toHaveLength(routers.reduce((sum, r) => sum + r.interfaces.length, 0))
  expect(kinds(taken)).toEqual(['flows'])
})

test('a slice that wants the kernel’s path is told that it asked for it', () => {
  const spec = specOf('tc')
  expect(kinds(pathsTaken(spec, settled(spec)))).toEqual(['kernel asked'])
})

test('what blocks a router is what its ends say, and only its own', () => {
  const spec = specOf('auto')
  const seen = settled(spec)
  const [first, ...others] = seen.fast?.hosts ?? []
  if (!first) throw new Error('no router')
  const fast = { underlays: [], hosts: [{ ...first, blocked: ['capture', 'filter'] }, ...others] }
  const taken = pathsTaken(spec, { ...seen, fast })
  expect(taken.filter((t) => t.path === 'kernel')).toHaveLength(first.devices.length)
  expect(kinds(taken).toSorted()).toEqual(['flows', 'kernel capture filter'])
})

test('an emulated end and one with a rate say so; without a look at the node nothing is said', () => {
  const spec = specOf('xdp')
  const seen = settled(spec)
  const device = seen.fast?.hosts[0]?.devices[0] ?? ''
  const line = { device } as Observed['lines'][number] // its settings do not matter here
  expect(kinds(pathsTaken(spec, { ...seen, lines: [line] }))).toContain('kernel emulated')
  const underlaysIn = (seen.fast?.underlays ?? []).map((u) => ({ ...u, in: true }))
  const fast = { hosts: seen.fast?.hosts ?? [], underlays: underlaysIn }
  expect(kinds(pathsTaken(spec, { ...seen, fast, shapes: [] }))).toEqual(['xdp'])
  const shapes = [{ at: { kind: 'device' as const, device }, rateKbps: 1, ceilKbps: 1 }]
  expect(kinds(pathsTaken(spec, { ...seen, fast, shapes })).toSorted()).toEqual(['flows rate', 'xdp'])
  expect(pathsTaken(null, seen)).toEqual([])
})
