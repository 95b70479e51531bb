import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { diffNode } from '@myvini/core/reconcile/diff'
import { expandSpec } from '@myvini/core/reconcile/expand'
import { KernelModel } from '@myvini/core/reconcile/model'
import { buildTopology } from '@myvini/core/topology/build'
import { expect, test } from 'vitest'
import { type Finding, findDrift, withReservation } from './drift'
import { DriftBook } from './drift-book'

const { substrate, underlays } = ringSubstrate(1)
const topology = buildTopology(
  [
    { name: 'a', kind: 'router', x: 0, y: 0 },
    { name: 'b', kind: 'router', x: 0, y: 0 },
  ],
  [{ from: 'a', to: 'b' }],
)
const plan = planSlice(activeSlice('one', topology, substrate, 1), underlays)
const spec = { ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays), generation: 1 }
const wanted = expandSpec(spec)
const fingerprint = (document: unknown) => JSON.stringify(document)

/** What is told when the kernel has lost these things since it was as the spec says. */
function lost(what: (kernel: KernelModel) => void): Finding[] {
  const kernel = new KernelModel()
  const configured = new Map([...wanted.namespaces.keys()].map((n) => [n, 'other']))
  for (const op of diffNode(spec, kernel.observe(), { fingerprint, configured })) kernel.apply(op)
  what(kernel)
  const observed = kernel.observe()
  const ops = diffNode(spec, observed, { fingerprint, configured }).filter((op) => op.op !== 'namespace.configure')
  return withReservation(findDrift(ops, wanted, observed), spec)
}
const [device = ''] = wanted.devices.keys()
const { namespace = '', interface: name = '' } = wanted.devices.get(device)?.device ?? {}

test('an interface that is gone is one finding, of its host, and not also its path and its link’s', () => {
  const told = lost((kernel) => kernel.apply({ op: 'device.delete', devices: [device] }))
  expect(told).toMatchObject([{ kind: 'interface-gone', host: namespace, interface: name, reservation: 'res-one' }])
})

test('a network stack that is gone is told without each of its interfaces', () => {
  const told = lost((kernel) => kernel.apply({ op: 'namespace.delete', namespace }))
  expect(told.map((d) => [d.kind, d.host])).toEqual([['namespace-gone', namespace]])
})

test('a path that is gone is told of its link, once for both directions', () => {
  const told = lost((kernel) => {
    for (const d of wanted.devices.keys()) kernel.apply({ op: 'virtual.delete', device: d })
  })
  expect(told).toMatchObject([{ kind: 'path-missing', link: spec.slivers[0]?.links[0]?.key, reservation: 'res-one' }])
})

test('a node that is as it should be has nothing to tell', () => {
  expect(lost(() => undefined)).toEqual([])
})

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)
const finding = (interfaceName: string): Finding => ({
  kind: 'interface-gone',
  host: 'res-h1',
  interface: interfaceName,
  what: 'gone',
})

test('repeats are one entry with a count, from the first to the last time', () => {
  const book = new DriftBook()
  book.note([finding('eth0')], at(0))
  book.note([finding('eth1')], at(1))
  book.note([finding('eth0')], at(60))
  expect(book.all.map((d) => [d.interface, d.times, d.since, d.at])).toEqual([
    ['eth1', 1, at(1).toISOString(), at(1).toISOString()],
    ['eth0', 2, at(0).toISOString(), at(60).toISOString()],
  ])
})

test('the same found an hour later is told of anew', () => {
  const book = new DriftBook()
  book.note([finding('eth0')], at(0))
  book.note([finding('eth0')], at(3600))
  expect(book.all).toMatchObject([{ times: 1, since: at(3600).toISOString() }])
})

test('no more is kept than fifty, the newest', () => {
  const book = new DriftBook()
  for (let i = 0; i < 70; i++) book.note([finding(`eth${i}`)], at(i))
  expect(book.all.map((d) => d.interface)).toEqual(Array.from({ length: 50 }, (_, i) => `eth${i + 20}`))
})
