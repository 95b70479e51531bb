import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileNodeSpec, planSlice } from '../desired/compile'
import { activeSlice, ringSubstrate } from '../desired/random-slice'
import type { SubstrateNodeId } from '../ids'
import { seededRandom } from '../random'
import { randomTopology } from '../topology/random-topology'
import type { Topology } from '../topology/topology'
import { assessNode, NO_FAILURES } from './assess'
import { type DiffOptions, diffNode, namespaceFingerprint } from './diff'
import { expandSpec } from './expand'
import type { Observed } from './kernel-state'
import { KernelModel } from './model'
import type { Operation } from './operations'

const fingerprint = (document: unknown) => JSON.stringify(document)
const NODE = 'n0' as SubstrateNodeId
const { substrate, underlays } = ringSubstrate(4)

/** Every second host is a container. LANs differ by `variant` in what their switches do. */
function network(seed: number, variant: number): Topology {
  const topology = randomTopology({ seed, routers: 3, hosts: 3, lans: 1, extraLinks: 1 })
  const lans = topology.lans.map((lan, i) => ({
    ...lan,
    stp: ((variant + i) & 1) === 1,
    vlanFiltering: ((variant + i) & 2) === 2,
  }))
  return {
    ...topology,
    lans,
    hosts: topology.hosts.map((h, i) => (i % 2 === 0 ? { ...h, class: 'vserver' as const } : h)),
  }
}

/** A node's spec with the slices whose seeds are given. */
const specOf = (seeds: readonly number[], variant = 0) =>
  compileNodeSpec(
    NODE,
    seeds.map((seed) =>
      planSlice(activeSlice(`s${seed}`, network(seed, variant), substrate, 1 + seed * 100), underlays),
    ),
    underlays,
  )

/** A node as the agent drives it: a kernel, and the record of what was configured in each namespace. */
class Node {
  kernel = new KernelModel()
  configured = new Map<string, string>()
  /** What each switch, and each of its ports, was last told. */
  bridges = new Map<string, unknown>()
  vlans = new Map<string, unknown>()
  options: DiffOptions = { fingerprint, configured: this.configured }
  plan(spec: ReturnType<typeof specOf>): Operation[] {
    return diffNode(spec, this.kernel.observe(), this.options)
  }
  run(spec: ReturnType<typeof specOf>, ops: readonly Operation[]) {
    const { namespaces } = expandSpec(spec)
    for (const op of ops) {
      this.kernel.apply(op)
      if (op.op === 'bridge.create') this.bridges.set(op.namespace, { stp: op.stp, vlanFiltering: op.vlanFiltering })
      if (op.op === 'veth.configure') this.vlans.set(op.device, op.vlan)
      const want = op.op === 'namespace.configure' ? namespaces.get(op.namespace) : undefined
      if (want) this.configured.set(want.namespace.namespace, namespaceFingerprint(want, fingerprint))
    }
  }
}

/** Takes things away and spoils them as a kernel, a guest or a passing admin might. */
function damage(observed: Observed, seed: number): Observed {
  const random = seededRandom(seed)
  const some = <T>(list: readonly T[]) => list.filter(() => random() > 0.3)
  return {
    owners: observed.owners,
    namespaces: some(observed.namespaces),
    devices: some(observed.devices).map((d) => ({
      ...d,
      alias: random() > 0.8 ? '' : d.alias,
      up: random() > 0.1,
      attached: random() > 0.1,
      mark: random() > 0.95 ? 'myvini-9-a' : d.mark,
    })),
    limits: some(observed.limits),
    containers: some(observed.containers).map((c) => (random() > 0.2 ? c : { ...c, fingerprint: null })),
    underlays: some(observed.underlays).map((u) => ({ ...u, resolved: random() > 0.2 })),
    virtual: some(observed.virtual),
    tunnels: some(observed.tunnels),
    shapes: some(observed.shapes).map((s) => (random() > 0.8 ? { ...s, rateKbps: 1 } : s)),
    lines: some(observed.lines).map((l) => (random() > 0.8 ? { ...l, delayUs: 1 } : l)),
  }
}

const seeds = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 4 })

describe('a node converges', () => {
  test('from nothing, in one go, and then there is nothing left to do', () => {
    const node = new Node()
    const spec = specOf([1, 2])
    node.run(spec, node.plan(spec))
    expect(node.plan(spec)).toEqual([])
    const report = assessNode(spec, node.kernel.observe(), node.configured, fingerprint, NO_FAILURES)
    const states = report.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)].map((p) => p.state))
    expect(new Set(states)).toEqual(new Set(['up']))
  })

  test('from any spec to any other, whatever was damaged and wherever it was interrupted', () => {
    fc.assert(
      fc.property(seeds, seeds, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (from, to, seed, stopAt) => {
        const node = new Node()
        const [first, second] = [specOf(from, seed & 3), specOf(to, (seed >> 2) & 3)]
        node.run(first, node.plan(first))
        node.kernel = new KernelModel(damage(node.kernel.observe(), seed))
        const ops = node.plan(second)
        node.run(second, ops.slice(0, Math.floor(ops.length * stopAt))) // kill -9 here
        node.run(second, node.plan(second))
        expect(node.plan(second)).toEqual([])
        const { devices, lines, namespaces, shapes, tunnels, virtual } = expandSpec(second)
        const now = node.kernel.observe()
        expect(now.devices.map((d) => d.device).toSorted()).toEqual([...devices.keys()].toSorted())
        expect([...now.namespaces].toSorted()).toEqual([...namespaces.keys()].toSorted())
        for (const [name, { isLan, bridge }] of namespaces)
          if (isLan) expect(node.bridges.get(name)).toEqual({ stp: bridge?.stp, vlanFiltering: bridge?.vlanFiltering })
        for (const [name, { config }] of devices) expect(node.vlans.get(name)).toEqual(config.vlan)
        expect(now.tunnels).toHaveLength(tunnels.size)
        expect(now.virtual).toHaveLength(virtual.size)
        expect(new Map(now.lines.map((l) => [l.device, l]))).toEqual(
          new Map([...lines].map(([device, { link: _, ...line }]) => [device, line])),
        )
        expect(new Set(now.shapes.map((s) => JSON.stringify(s)))).toEqual(
          new Set([...shapes.values()].map(({ link: _, ...s }) => JSON.stringify(s))),
        )
      }),
      { numRuns: 120 },
    )
  })

  test('a new slice touches nothing of the one that runs', () => {
    const node = new Node()
    const one = specOf([1])
    node.run(one, node.plan(one))
    const mine = new Set([...expandSpec(one).devices.keys(), ...expandSpec(one).namespaces.keys()])
    const ops = node.plan(specOf([1, 2]))
    const names = ops.flatMap((o) =>
      'device' in o ? [o.device] : 'devices' in o ? o.devices : 'namespace' in o ? [o.namespace] : [],
    )
    expect(ops.length).toBeGreaterThan(0)
    expect(names.filter((n) => mine.has(n))).toEqual([])
  })

  test('ending the last slice leaves only the neighbours', () => {
    const node = new Node()
    node.run(specOf([1]), node.plan(specOf([1])))
    node.run(specOf([]), node.plan(specOf([])))
    const { underlays: neighbours, shapes, fast, ...rest } = node.kernel.observe()
    expect(Object.values(rest).flat()).toEqual([])
    expect(fast).toEqual({ hosts: [], underlays: [] })
    expect(neighbours).toHaveLength(2)
    expect(shapes.map((s) => s.at.kind)).toEqual(['underlay', 'underlay'])
  })

  test('what a guest changed inside is left alone; an interface it deleted comes back with its addresses and routes', () => {
    const node = new Node()
    const spec = specOf([1])
    node.run(spec, node.plan(spec))
    const observed = node.kernel.observe()
    const lost = observed.devices[0]
    node.kernel = new KernelModel({ ...observed, devices: observed.devices.slice(1) })
    const kinds = node.plan(spec).map((o) => o.op)
    expect(kinds.filter((k) => k === 'veth.create')).toHaveLength(1)
    expect(kinds.filter((k) => k === 'veth.configure')).toHaveLength(1)
    expect(node.plan(spec)).toContainEqual(
      expect.objectContaining({ op: 'namespace.configure', namespace: lost?.namespace }),
    )
  })

  test('a failure is told of the host and the links it stops, and of no others', () => {
    const spec = specOf([1])
    const device = [...expandSpec(spec).devices.keys()][0] ?? ''
    const failures = { ...NO_FAILURES, devices: new Map([[device, 'ENOSPC: no space left']]) }
    const parts = assessNode(spec, new KernelModel().observe(), new Map(), fingerprint, failures).flatMap((s) => [
      ...Object.values(s.hosts),
      ...Object.values(s.links),
    ])
    const failed = parts.filter((p) => p.state === 'failed')
    expect(failed).toHaveLength(2) // the host whose interface it is, and the link
    expect(failed[0]?.reason).toContain('ENOSPC')
    expect(parts.filter((p) => p.state === 'pending').length).toBeGreaterThan(0)
  })
})
