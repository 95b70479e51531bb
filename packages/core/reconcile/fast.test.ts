import { describe, expect, test } from 'vitest'
import { compileNodeSpec, planSlice } from '../desired/compile'
import { NodeSpec } from '../desired/node-spec'
import { activeSlice, ringSubstrate } from '../desired/random-slice'
import type { SubstrateNodeId } from '../ids'
import { randomTopology } from '../topology/random-topology'
import { type Datapath, Topology } from '../topology/topology'
import { diffNode } from './diff'
import { KernelModel } from './model'
import type { Operation } from './operations'

const NODE = 'n0' as SubstrateNodeId
const { substrate, underlays } = ringSubstrate(3)
const options = { fingerprint: (document: unknown) => JSON.stringify(document), configured: new Map<string, string>() }

function specOf(datapath?: Datapath) {
  const drawn = randomTopology({ seed: 7, routers: 6, hosts: 4, lans: 0, extraLinks: 4 })
  const slice = activeSlice('s1', { ...drawn, ...(datapath && { datapath }) }, substrate, 1)
  return compileNodeSpec(NODE, [planSlice(slice, underlays)], underlays)
}

const isFast = (op: Operation) => op.op.startsWith('fast.')

/** Passes until there is nothing of the fast path left to do; all its operations. */
function settle(kernel: KernelModel, spec: ReturnType<typeof specOf>, isVeth: boolean): Operation[] {
  const done: Operation[] = []
  for (let pass = 0; pass < 3; pass++) {
    const observed = kernel.observe()
    const seen = { ...observed, underlays: observed.underlays.map((u) => ({ ...u, isVeth })) }
    const ops = diffNode(spec, seen, options)
    for (const op of ops) kernel.apply(op)
    done.push(...ops.filter(isFast))
  }
  return done
}

describe('the fast path', () => {
  test('over veth flows of routers are learnt, and XDP is set only when a slice asks', () => {
    const learnt = settle(new KernelModel(), specOf(), true)
    expect(learnt.length).toBeGreaterThan(0)
    for (const op of learnt) expect(op).toMatchObject({ op: 'fast.set', xdp: false })
    expect(settle(new KernelModel(), specOf('tc'), true)).toEqual([])
    const asked = settle(new KernelModel(), specOf('xdp'), true)
    expect(asked).toContainEqual(expect.objectContaining({ op: 'fast.underlay', mode: 'on' }))
    expect(asked).toContainEqual(expect.objectContaining({ op: 'fast.set', xdp: true }))
  })

  test('where drivers have XDP it is set for routers, and only for them', () => {
    const spec = specOf()
    const ops = settle(new KernelModel(), spec, false).filter((op) => op.op === 'fast.set')
    const sets = ops.filter((op) => op.xdp)
    const routers = spec.slivers.flatMap((s) => s.hosts.filter((h) => h.forwarding && h.interfaces.length > 1))
    expect(routers.length).toBeGreaterThan(0)
    expect(sets.map((op) => op.namespace).toSorted()).toEqual(routers.map((h) => h.key).toSorted())
  })

  test('a slice that no longer asks keeps its flows without XDP', () => {
    const kernel = new KernelModel()
    settle(kernel, specOf('xdp'), true)
    settle(kernel, specOf('auto'), true)
    const fast = kernel.observe().fast
    expect(fast?.underlays).toEqual([])
    expect(fast?.hosts.length).toBeGreaterThan(0)
    for (const host of fast?.hosts ?? []) expect(host.xdp).toBe(false)
  })

  test('a slice that changes its mind loses it, and nothing else is touched', () => {
    const kernel = new KernelModel()
    settle(kernel, specOf('xdp'), true)
    const ops = settle(kernel, specOf('tc'), true)
    expect(ops.every((op) => op.op === 'fast.delete' || (op.op === 'fast.underlay' && op.mode === 'off'))).toBe(true)
    expect(kernel.observe().fast).toEqual({ hosts: [], underlays: [] })
  })

  test('interfaces that are made anew are told again', () => {
    const kernel = new KernelModel()
    const spec = specOf('xdp')
    settle(kernel, spec, true)
    const device = spec.slivers[0]?.hosts.find((h) => h.forwarding && h.interfaces.length > 1)?.interfaces[0]?.device
    kernel.apply({ op: 'device.delete', devices: [device ?? ''] })
    expect(settle(kernel, spec, true)).toContainEqual(expect.objectContaining({ op: 'fast.set' }))
  })

  test('topologies and specs of before still parse', () => {
    const drawn = randomTopology({ seed: 7, routers: 2, hosts: 2, lans: 0, extraLinks: 0 })
    expect(Topology.parse(drawn).datapath).toBeUndefined()
    expect(Topology.parse({ ...drawn, datapath: 'xdp' }).datapath).toBe('xdp')
    expect(NodeSpec.parse({ ...specOf(), generation: 1 }).slivers[0]?.datapath).toBeUndefined()
  })
})
