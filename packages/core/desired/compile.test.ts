import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubstrateNodeId } from '../ids'
import { expandSpec, tunnelId } from '../reconcile/expand'
import { buildTopology } from '../topology/build'
import { emulationOf, UNIMPAIRED } from '../topology/emulation'
import { randomTopology } from '../topology/random-topology'
import { compileNodeSpec, planSlice } from './compile'
import { NodeSpec } from './node-spec'
import { activeSlice, ringSubstrate } from './random-slice'

const node = (i: number) => `n${i}` as SubstrateNodeId

const slow = { ...UNIMPAIRED, delayMs: 20 }

describe('node specs', () => {
  test('over all nodes each link forms one unbroken chain from end to end, with one key', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, nodes) => {
        const { substrate, underlays } = ringSubstrate(nodes)
        const topology = randomTopology({ seed, routers: 5, hosts: 4, lans: 2, extraLinks: 2 })
        const plan = planSlice(activeSlice('x', topology, substrate, 1), underlays)
        const wanted = new Map(
          substrate.nodes.map((n) => [n.id, expandSpec(compileNodeSpec(n.id, [plan], underlays) as NodeSpec)]),
        )
        for (const [start, things] of wanted)
          for (const entry of things.virtual.values()) {
            // Follow the frame until it reaches a device: it must be the link's other end, and the way back the same.
            let at = start
            let to = entry.to
            for (let hops = 0; to.kind === 'tunnel' && hops < 20; hops++) {
              const underlay = underlays.get(to.underlay as never)
              if (!underlay) throw new Error('no such underlay')
              at = underlay.a.node === at ? underlay.b.node : underlay.a.node
              const next = wanted.get(at)?.tunnels.get(tunnelId(to))
              expect(next?.link).toBe(entry.link)
              to = next?.to ?? { kind: 'device', device: 'lost' }
            }
            if (to.kind !== 'device') throw new Error('the frame goes round in circles')
            expect(to.device.slice(0, -1)).toBe(entry.device.slice(0, -1))
            expect(to.device).not.toBe(entry.device)
            expect(wanted.get(at)?.devices.has(to.device)).toBe(true)
          }
      }),
      { numRuns: 60 },
    )
  })

  test('every host is on exactly one node and every spec passes its own schema', () => {
    const { substrate, underlays } = ringSubstrate(4)
    const topology = randomTopology({ seed: 7, routers: 6, hosts: 6, lans: 2, extraLinks: 3 })
    const plan = planSlice(activeSlice('x', topology, substrate, 1), underlays)
    const specs = substrate.nodes.map((n) => compileNodeSpec(n.id, [plan], underlays))
    for (const spec of specs) expect(() => NodeSpec.parse({ ...spec, generation: 1 })).not.toThrow()
    const names = specs.flatMap((s) => s.slivers.flatMap((v) => v.hosts.map((h) => h.name)))
    expect(names.toSorted()).toEqual(topology.hosts.map((h) => h.name).toSorted())
  })

  test('distances of a box are added where frames arrive, each way, and the node between adds nothing', () => {
    const { substrate, underlays } = ringSubstrate(3)
    const open = { ...substrate, links: substrate.links.slice(0, 2) }
    const far = new Map([...underlays].map(([id, u], i) => [id, { ...u, emulatedDelayMs: 5 + i }]))
    const topology = buildTopology(
      [
        { name: 'a', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-0' } },
        { name: 'b', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-2' } },
      ],
      [{ from: 'a', to: 'b' }],
    )
    const plan = planSlice(activeSlice('x', topology, open, 9), far)
    const delays = [0, 1, 2].map((n) => {
      const [link] = compileNodeSpec(node(n), [plan], far).slivers[0]?.links ?? []
      return link?.kind === 'end' ? link.lines?.map((l) => l.delayUs) : link?.kind
    })
    expect(delays).toEqual([[11_000], 'relay', [11_000]])
    // What somebody sets while it runs comes on top, and only on the link it was set for.
    const live = { idle: true, emulations: new Map([['res-x', new Map([['l1', emulationOf(slow, UNIMPAIRED)]])]]) }
    const [link] = compileNodeSpec(node(2), [plan], far, live).slivers[0]?.links ?? []
    expect(link?.kind === 'end' ? link.lines?.[0]?.delayUs : null).toBe(31_000)
  })

  test('a link over two substrate links is relayed by the node between, which hosts nothing of it', () => {
    const { substrate, underlays } = ringSubstrate(3)
    const open = { ...substrate, links: substrate.links.slice(0, 2) } // a line: n0 – n1 – n2
    const topology = buildTopology(
      [
        { name: 'a', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-0' } },
        { name: 'b', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-2' } },
      ],
      [{ from: 'a', to: 'b' }],
    )
    const plan = planSlice(activeSlice('x', topology, open, 9), underlays)
    const [sliver] = compileNodeSpec(node(1), [plan], underlays).slivers
    expect(sliver?.hosts).toEqual([])
    expect(sliver?.links).toEqual([
      {
        ...{ kind: 'relay', key: 'res-x-l1', a: { underlay: 'u0', key: 9 }, b: { underlay: 'u1', key: 9 } },
        rate: { kbps: 10_277, ceilKbps: 10_277 }, // 10 Mbit/s of full frames and their outer headers
      },
    ])
    const far = compileNodeSpec(node(2), [plan], underlays).slivers[0]
    // 1,600 bytes of underlay less 42 of EGRE leave more than Ethernet's own 1,500.
    expect(far?.hosts[0]?.interfaces[0]?.mtuBytes).toBe(1500)
  })

  test('over IPv6 twenty bytes less are left, and addresses are in their one written form', () => {
    const { substrate, underlays } = ringSubstrate(3)
    const ipv6 = (at: { node: SubstrateNodeId }, n: number) => ({ ...at, address: `2001:DB8:0:0::${n}` })
    for (const [id, u] of underlays) underlays.set(id, { ...u, a: ipv6(u.a, 1), b: ipv6(u.b, 2), mtuBytes: 1500 })
    const topology = buildTopology(
      [
        { name: 'a', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-0' } },
        { name: 'b', kind: 'host', x: 0, y: 0, pin: { kind: 'node', node: 'node-1' } },
      ],
      [{ from: 'a', to: 'b' }],
    )
    const spec = compileNodeSpec(node(0), [planSlice(activeSlice('x', topology, substrate, 1), underlays)], underlays)
    expect(spec.slivers[0]?.hosts[0]?.interfaces[0]?.mtuBytes).toBe(1438)
    expect(spec.underlays[0]).toMatchObject({ local: '2001:db8::1', remote: '2001:db8::2' })
  })

  test('the narrowest substrate link sets the MTU of a whole LAN', () => {
    const { substrate, underlays } = ringSubstrate(3)
    for (const [id, u] of underlays) underlays.set(id, { ...u, mtuBytes: id === 'u0' ? 1400 : 1500 })
    const pin = (i: number) => ({ kind: 'node' as const, node: `node-${i}` })
    const topology = buildTopology(
      [
        { name: 'lan', kind: 'lan', x: 0, y: 0, pin: pin(0) },
        { name: 'a', kind: 'host', x: 0, y: 0, pin: pin(0) },
        { name: 'b', kind: 'host', x: 0, y: 0, pin: pin(1) },
        { name: 'c', kind: 'host', x: 0, y: 0, pin: pin(2) },
      ],
      ['a', 'b', 'c'].map((to) => ({ from: 'lan', to })),
    )
    const plan = planSlice(activeSlice('x', topology, substrate, 1), underlays)
    const mtus = [0, 1, 2].flatMap((i) =>
      compileNodeSpec(node(i), [plan], underlays).slivers.flatMap((s) =>
        s.hosts.flatMap((h) => h.interfaces.map((x) => x.mtuBytes)),
      ),
    )
    expect(mtus).toEqual([1358, 1358, 1358])
  })

  test('the same state gives the same document whatever order it is read in', () => {
    const { substrate, underlays } = ringSubstrate(4)
    const plans = [1, 2, 3].map((i) =>
      planSlice(
        activeSlice(
          `s${i}`,
          randomTopology({ seed: i, routers: 3, hosts: 2, lans: 1, extraLinks: 0 }),
          substrate,
          i * 100,
        ),
        underlays,
      ),
    )
    expect(compileNodeSpec(node(0), plans.toReversed(), underlays)).toEqual(compileNodeSpec(node(0), plans, underlays))
  })
})
