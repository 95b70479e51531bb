import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planRoutes } from '../addressing/routes'
import { buildTopology, type NodeDraft } from '../topology/build'
import { applyEdit } from '../topology/edit'
import { randomTopology } from '../topology/random-topology'
import { Topology } from '../topology/topology'
import { validateTopology } from '../topology/validate'
import { linkCost } from './cost'
import { frrDaemons, isisNet } from './frr'
import { planRouting, type RoutingSoftware, softwareOf } from './setup'

const router = (name: string, more: Partial<NodeDraft> = {}): NodeDraft => ({
  name,
  kind: 'router',
  class: 'vserver',
  memoryMib: 64,
  x: 0,
  y: 0,
  ...more,
})

/** Three routers in a triangle, a LAN with a host behind the first, IPv6 on one link. */
function triangle(routing: Topology['routing'], software: Partial<Record<string, RoutingSoftware>> = {}): Topology {
  const drawn = buildTopology(
    [
      ...['a', 'b', 'c'].map((name) => router(name, { routing: { software: software[name] ?? 'auto' } })),
      { name: 'office', kind: 'lan' as const, x: 0, y: 0 },
      { name: 'pc', kind: 'host' as const, x: 0, y: 0 },
    ],
    [
      { from: 'a', to: 'b', capacityMbps: 20 },
      { from: 'b', to: 'c', cost: 7 },
      { from: 'c', to: 'a' },
      { from: 'a', to: 'office' },
      { from: 'pc', to: 'office' },
    ],
  )
  const hosts = drawn.hosts.map((h) => ({
    ...h,
    interfaces: h.interfaces.map((i) => ({
      ...i,
      ipv6: i.id === 'l1a' ? '2001:db8::1/64' : i.id === 'l1b' ? '2001:db8::2/64' : null,
    })),
  }))
  return { ...drawn, routing, hosts }
}

const text = (topology: Topology, host: string, path: string) =>
  planRouting(topology, 1500)
    .get(host as never)
    ?.files.find((f) => f.path === path)?.content

describe('routing software', () => {
  test('FRR with OSPF: areas, costs, greetings, both families', () => {
    expect(text(triangle('ospf'), 'a', '/etc/frr/frr.conf')).toMatchSnapshot()
    expect(text(triangle('ospf'), 'a', '/etc/frr/daemons')).toMatchSnapshot()
  })

  test('ExaBGP tells its own networks and the routes that a person adds, each to neighbours of its family', () => {
    const drawn = triangle('bgp', { a: 'exabgp' })
    const config =
      'route 203.0.113.0/24 next-hop self med 5;\nroute 2001:db8:f::/48 next-hop self;\nprocess x {\n  run /bin/x;\n}'
    const hosts = drawn.hosts.map((h) => (h.name === 'a' ? { ...h, routing: { ...h.routing, config } } : h))
    expect(text({ ...drawn, hosts }, 'a', '/etc/exabgp/exabgp.conf')).toMatchSnapshot()
  })

  test('ExaBGP sets no routes, so its router is given those of the drawing', () => {
    const routes = (software: RoutingSoftware) => planRoutes(triangle('bgp', { a: software })).get('a' as never) ?? []
    expect(routes('exabgp').length).toBeGreaterThan(0)
    expect(routes('frr')).toEqual([])
  })

  test('ExaBGP is refused by the node’s own programs, without BGP, and inside an AS', () => {
    const codes = (topology: Topology) => validateTopology(topology).map((p) => p.code)
    expect(codes(triangle('bgp', { a: 'exabgp' }))).toContain('routing.exabgp-image')
    const withImage = (drawn: Topology, asNumber: number | null) => ({
      ...drawn,
      hosts: drawn.hosts.map((h) => ({ ...h, image: 'router', routing: { ...h.routing, asNumber } })),
    })
    const good = codes(withImage(triangle('bgp', { a: 'exabgp' }), null))
    expect(good.filter((c) => c.startsWith('routing.exabgp'))).toEqual([])
    expect(codes(withImage(triangle('ospf', { a: 'exabgp' }), null))).toContain('routing.exabgp-protocol')
    expect(codes(withImage(triangle('bgp', { a: 'exabgp' }), 65_001))).toContain('routing.exabgp-as')
  })

  test('FRR with IS-IS', () => {
    expect(text(triangle('isis'), 'a', '/etc/frr/frr.conf')).toMatchSnapshot()
  })

  test('FRR with BGP: an AS each, unless numbers were typed', () => {
    expect(text(triangle('bgp'), 'a', '/etc/frr/frr.conf')).toMatchSnapshot()
  })

  test('FRR with BGP: two routers of one AS speak OSPF and from loopback to loopback', () => {
    const t = triangle('bgp')
    const joined = {
      ...t,
      hosts: t.hosts.map((h) => (h.name === 'c' ? h : { ...h, routing: { ...h.routing, asNumber: 65_001 } })),
    }
    expect(text(joined, 'a', '/etc/frr/frr.conf')).toMatchSnapshot()
  })

  test('BIRD with OSPF and with BGP', () => {
    expect(text(triangle('ospf', { a: 'bird' }), 'a', '/etc/bird/bird.conf')).toMatchSnapshot()
    expect(text(triangle('bgp', { a: 'bird' }), 'a', '/etc/bird/bird.conf')).toMatchSnapshot()
  })

  test('runs on routers where a protocol is asked for, and where somebody chose it', () => {
    const on = (t: Topology) => t.hosts.map((h) => softwareOf(t, h))
    expect(on(triangle('ospf', { b: 'bird' }))).toEqual(['frr', 'bird', 'frr', 'none'])
    expect(on(triangle('static', { b: 'bird' }))).toEqual(['none', 'bird', 'none', 'none'])
  })

  test("a researcher's own text stands behind what is generated, or in its place", () => {
    const t = triangle('ospf')
    const withText = (replaces: boolean): Topology => ({
      ...t,
      hosts: t.hosts.map((h) => ({ ...h, routing: { ...h.routing, config: 'router rip\n network eth0', replaces } })),
    })
    const behind = text(withText(false), 'a', '/etc/frr/frr.conf') ?? ''
    expect(behind.startsWith(text(t, 'a', '/etc/frr/frr.conf') ?? '?')).toBe(true)
    expect(behind.endsWith('router rip\n network eth0\n')).toBe(true)
    expect(text(withText(true), 'a', '/etc/frr/frr.conf')).toBe('router rip\n network eth0\n')
    expect(text(withText(true), 'a', '/etc/frr/daemons')).toContain('ripd=yes')
  })

  test('daemons are those that the text speaks to', () => {
    const running = (t: string) => frrDaemons(t).match(/^\w+(?==yes)/gm)
    expect(running('router ospf6\n')).toEqual(['ospf6d', 'vtysh_enable'])
    expect(running('router ospf\n')).toEqual(['ospfd', 'vtysh_enable'])
    expect(running('ip route 10.0.0.0/8 eth0\n')).toEqual(['bgpd', 'ospfd', 'ospf6d', 'isisd', 'vtysh_enable'])
  })

  test('costs follow from the capacity unless typed, and fit 16 bits', () => {
    const cost = (capacityMbps: number, typed: number | null = null) => linkCost({ capacityMbps, cost: typed })
    expect([cost(10_000), cost(100_000), cost(20), cost(0.001), cost(20, 861)]).toEqual([1, 1, 500, 65_535, 861])
  })

  test('a router id becomes an IS-IS system id', () => {
    expect(isisNet('10.255.0.1')).toBe('49.0001.0102.5500.0001.00')
  })

  test('every router of every drawing gets one text, the same each time, with an id that no other has', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('ospf' as const, 'isis' as const, 'bgp' as const), (seed, routing) => {
        const t = { ...randomTopology({ seed, routers: 6, hosts: 4, lans: 2, extraLinks: 3 }), routing }
        const plan = planRouting(t, 1500)
        expect([...plan.keys()]).toEqual(t.hosts.filter((h) => h.kind === 'router').map((h) => h.id))
        expect(planRouting(Topology.parse(JSON.parse(JSON.stringify(t))), 1500)).toEqual(plan)
        const ids = [...plan.values()].map((s) => /(?:router-id| net) (\S+)/.exec(s.files[0]?.content ?? '')?.[1])
        expect(new Set(ids).size).toBe(plan.size)
      }),
      { numRuns: 30 },
    )
  })
})

describe('what stands in the way', () => {
  const codes = (t: Topology) => validateTopology(t).map((p) => p.code)
  const changed = (t: Topology, change: (h: Topology['hosts'][number]) => Topology['hosts'][number]): Topology => ({
    ...t,
    hosts: t.hosts.map((h) => (h.name === 'a' ? change(h) : h)),
  })

  test('nothing, where all is well', () => {
    for (const routing of ['ospf', 'isis', 'bgp'] as const) expect(codes(triangle(routing))).toEqual([])
  })

  test.each([
    ['a router that is a network stack only', triangle('ospf'), { class: 'netns' as const }, 'routing.class'],
    ['too little memory', triangle('ospf'), { memoryMib: 32 }, 'routing.memory'],
    ['BIRD with IS-IS', triangle('isis', { a: 'bird' }), {}, 'routing.bird-isis'],
    [
      'no loopback inside an AS',
      changed(
        {
          ...triangle('bgp'),
          hosts: triangle('bgp').hosts.map((h) => ({ ...h, routing: { ...h.routing, asNumber: 1 } })),
        },
        (h) => h,
      ),
      { loopback: null },
      'routing.no-loopback',
    ],
    [
      'control characters in the text',
      triangle('ospf'),
      { routing: { software: 'frr' as const, asNumber: null, config: 'a\u0000b', replaces: false } },
      'routing.config-characters',
    ],
  ])('%s', (_, topology, patch, code) => {
    expect(codes(changed(topology, (h) => ({ ...h, ...patch })))).toContain(code)
  })

  test('a protocol chosen for a drawing makes its routers fit for it, and takes nothing away from them', () => {
    const plain = buildTopology(
      [
        { ...router('r'), class: 'netns', memoryMib: 512 },
        { ...router('h'), kind: 'host', class: 'netns' },
      ],
      [{ from: 'r', to: 'h' }],
    )
    const edited = applyEdit(plain, { kind: 'set-routing', routing: 'ospf' })
    expect(edited.ok && edited.value.hosts.map((h) => [h.class, h.memoryMib])).toEqual([
      ['vserver', 512],
      ['netns', 64],
    ])
    expect(edited.ok && validateTopology(edited.value)).toEqual([])
  })

  test('a drawing of before has no routing software and no costs', () => {
    const old = JSON.parse(JSON.stringify(triangle('static')))
    for (const h of old.hosts) delete h.routing
    for (const l of old.links) delete l.cost
    const parsed = Topology.parse(old)
    expect(parsed.hosts[0]?.routing.software).toBe('auto')
    expect(parsed.links[0]?.cost).toBeNull()
    expect(planRouting(parsed, 1500).size).toBe(0)
  })
})
