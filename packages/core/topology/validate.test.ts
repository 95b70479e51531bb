import { describe, expect, test } from 'vitest'
import { buildTopology } from './build'
import { emulationOf, UNIMPAIRED } from './emulation'
import type { LinkVlan, Topology, VirtualHost } from './topology'
import { validateTopology } from './validate'

const two = (): Topology =>
  buildTopology(
    [
      { name: 'a', kind: 'host', x: 0, y: 0 },
      { name: 'b', kind: 'host', x: 1, y: 0 },
      { name: 'lan', kind: 'lan', x: 2, y: 0 },
    ],
    [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'lan' },
      { from: 'b', to: 'lan' },
    ],
  )

const withHost = (t: Topology, index: number, change: (h: VirtualHost) => VirtualHost): Topology => ({
  ...t,
  hosts: t.hosts.map((h, i) => (i === index ? change(h) : h)),
})
const withIface = (t: Topology, host: number, iface: number, change: Partial<VirtualHost['interfaces'][number]>) =>
  withHost(t, host, (h) => ({ ...h, interfaces: h.interfaces.map((x, i) => (i === iface ? { ...x, ...change } : x)) }))

/** Three LANs in a row with a host at each end, and with more links between them. */
const lans = (more: [string, string][], stp: string[] = []): Topology =>
  buildTopology(
    [
      ...['x', 'y', 'z'].map((name) => ({ name, kind: 'lan' as const, x: 0, y: 0, stp: stp.includes(name) })),
      ...['a', 'b'].map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 })),
    ],
    [['a', 'x'], ['x', 'y'], ['y', 'z'], ['z', 'b'], ...more].map(([from = '', to = '']) => ({ from, to })),
  )
const inVlan = (vlan: LinkVlan, vlanFiltering: boolean): Topology => {
  const nodes = ['a', 'b'].map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 }))
  return buildTopology(
    [...nodes, { name: 'lan', kind: 'lan', x: 0, y: 0, vlanFiltering }],
    [
      { from: 'a', to: 'lan', vlans: [null, vlan] },
      { from: 'lan', to: 'b', vlans: [vlanFiltering ? { mode: 'access', vid: 10 } : null, null] },
    ],
  )
}

const cases: [what: string, topology: Topology, code: string, says: string][] = [
  ['nothing drawn', { ...two(), hosts: [], lans: [], links: [] }, 'topology.empty', 'no hosts'],
  ['a name with a space', withHost(two(), 0, (h) => ({ ...h, name: 'my host' })), 'topology.name-invalid', '"my host"'],
  ['an empty name', withHost(two(), 0, (h) => ({ ...h, name: '' })), 'topology.name-invalid', 'no name'],
  ['a shell in a name', withHost(two(), 0, (h) => ({ ...h, name: '$(reboot)' })), 'topology.name-invalid', '$(reboot)'],
  ['a name that ends in a hyphen', withHost(two(), 0, (h) => ({ ...h, name: 'a-' })), 'topology.name-invalid', '"a-"'],
  ['localhost', withHost(two(), 0, (h) => ({ ...h, name: 'localhost' })), 'topology.name-reserved', 'localhost'],
  ['two of one name', withHost(two(), 1, (h) => ({ ...h, name: 'a' })), 'topology.name-taken', '"a"'],
  ['a host named as a LAN', withHost(two(), 1, (h) => ({ ...h, name: 'lan' })), 'topology.name-taken', '"lan"'],
  ['an interface named lo', withIface(two(), 0, 0, { name: 'lo' }), 'topology.interface-name-invalid', '"lo"'],
  [
    'a long interface name',
    withIface(two(), 0, 0, { name: 'a-name-of-17-byte' }),
    'topology.interface-name-invalid',
    'a-name-of-17-byte',
  ],
  ['two interfaces of one name', withIface(two(), 0, 1, { name: 'eth0' }), 'topology.interface-name-taken', 'eth0'],
  ['one address twice', withIface(two(), 1, 0, { ipv4: '10.0.1.1/30' }), 'topology.address-taken', '10.0.1.1'],
  ['a network address', withIface(two(), 1, 0, { ipv4: '10.0.1.0/30' }), 'topology.address-unusable', '10.0.1.0/30'],
  [
    'networks on two links that overlap',
    withIface(two(), 1, 0, { ipv4: '10.0.2.9/16' }),
    'topology.network-overlap',
    'b eth0',
  ],
  ['ends in different networks', withIface(two(), 1, 0, { ipv4: '10.9.9.1/30' }), 'topology.networks-differ', 'a–b'],
  [
    'an interface without a link',
    withHost(two(), 0, (h) => {
      const first = h.interfaces[0]
      return first
        ? { ...h, interfaces: [...h.interfaces, { ...first, id: 'x' as never, name: 'eth9', ipv4: null }] }
        : h
    }),
    'topology.interface-unlinked',
    'eth9',
  ],
  [
    'a host without links',
    {
      ...two(),
      hosts: [...two().hosts, { ...two().hosts[0], id: 'c' as never, name: 'c', interfaces: [] } as VirtualHost],
    },
    'topology.host-alone',
    'c has no links',
  ],
  [
    'a lonely LAN',
    {
      ...two(),
      lans: [
        ...two().lans,
        { id: 'x' as never, name: 'x', position: { x: 0, y: 0 }, pin: null, stp: false, vlanFiltering: false },
      ],
    },
    'topology.lan-lonely',
    'nothing',
  ],
  ['two LANs joined twice', lans([['x', 'y']], ['y']), 'topology.lan-loop', 'x is in a circle'],
  ['LANs in a ring, one without STP', lans([['x', 'z']], ['x', 'z']), 'topology.lan-loop', 'y is in a circle'],
  ['VLAN 0', inVlan({ mode: 'access', vid: 0 }, true), 'topology.vlan-number', 'a–lan, at lan, is in VLAN 0'],
  ['a trunk of VLAN 4095', inVlan({ mode: 'trunk', vids: [1, 4095] }, true), 'topology.vlan-number', 'VLAN 4095'],
  ['a VLAN where there are none', inVlan({ mode: 'access', vid: 7 }, false), 'topology.vlan-unfiltered', 'VLAN 7'],
  ['a trunk of nothing', inVlan({ mode: 'trunk', vids: [] }, true), 'topology.vlan-none', 'nothing passes'],
]

function withLink(change: (t: Topology) => Topology['links'][number]['ends']): Topology {
  const t = two()
  return {
    ...t,
    links: [
      ...t.links.slice(1),
      {
        id: 'new' as never,
        ends: change(t),
        capacityMbps: 1,
        maxDelayMs: null,
        cost: null,
        useIdle: false,
        emulation: null,
      },
    ],
  }
}
const end = (t: Topology, host: number, iface: number) => ({
  kind: 'interface' as const,
  host: t.hosts[host]?.id as never,
  interface: t.hosts[host]?.interfaces[iface]?.id as never,
})
cases.push(
  [
    'a loop on one interface',
    withLink((t) => [end(t, 0, 0), end(t, 0, 0)]),
    'topology.link-loop',
    'that one interface',
  ],
  ['a link from a host to itself', withLink((t) => [end(t, 0, 0), end(t, 0, 1)]), 'topology.link-loop', 'leads from'],
  [
    'two links on one interface',
    withLink((t) => [end(t, 0, 1), end(t, 1, 0)]),
    'topology.interface-linked-twice',
    'a eth1',
  ],
  [
    'a link to a LAN that is gone',
    withLink((t) => [end(t, 0, 0), { kind: 'lan', lan: 'gone' as never }]),
    'topology.link-end-missing',
    'gone',
  ],
)

test('a rate above what is reserved and reordering without delay are told, and stop nothing', () => {
  const t = buildTopology(
    [
      { name: 'a', kind: 'host', x: 0, y: 0 },
      { name: 'b', kind: 'host', x: 0, y: 0 },
    ],
    [{ from: 'a', to: 'b' }],
  )
  const bad = { ...UNIMPAIRED, rateMbps: 50, reorderPercent: 5 }
  const links = t.links.map((l) => ({ ...l, emulation: emulationOf(bad, UNIMPAIRED) }))
  const problems = validateTopology({ ...t, links })
  expect(problems.map((p) => [p.severity, p.code])).toEqual([
    ['warning', 'topology.emulation-rate'],
    ['warning', 'topology.emulation-reorder'],
  ])
  expect(problems[0]?.message).toContain('a eth0 → b eth0')
})

describe('what is wrong with a drawing', () => {
  test('nothing, when nothing is', () => {
    expect(validateTopology(two())).toEqual([])
  })

  test.each(cases)('%s', (_, topology, code, says) => {
    const found = validateTopology(topology).filter((p) => p.code === code)
    expect(found, JSON.stringify(validateTopology(topology).map((p) => p.code))).toHaveLength(1)
    expect(found[0]?.message).toContain(says)
    expect(found[0]?.hint).not.toBe('')
  })
})
