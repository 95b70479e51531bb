// What do the programs do with one packet? Each branch once, through BPF_PROG_TEST_RUN: nothing is sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { ethernet, frame, gre, ip, ip6 } from './packets'
import { device, host, join, meet, owner, port, tunnel } from './parts'

const DROP = 2
const PASS = -1 // on to other filters, and to the kernel
const REDIRECT = 7

const HERE = '192.0.2.1'
const NEIGHBOUR = '192.0.2.2'
const KEY = 7
const RELAYED = 8
const HALF = 9 // leads nowhere yet
const TO_IPV4 = 10
const TO_IPV6 = 11
const HERE6 = '2001:db8:1::1'
const NEIGHBOUR6 = '2001:db8:1::2'

describe('verdicts', () => {
  const lab = new Lab()
  let node: LabNode
  let neighbour: LabNode
  let macs: { here: string; there: string }

  beforeAll(async () => {
    node = await lab.node('a')
    neighbour = await lab.node('b')
    lab.connect(node, neighbour, '192.0.2')
    for (const [n, device, address] of [
      [node, 'u-b', HERE6],
      [neighbour, 'u-a', NEIGHBOUR6],
    ] as const)
      n.run('ip', 'address', 'add', `${address}/64`, 'dev', device, 'nodad')
    await meet(node, neighbour, 'ab', '192.0.2')
    await meet(node, neighbour, 'ab6', '2001:db8:1')
    await meet(node, neighbour, 'ab6', '2001:db8:1') // a cable just plugged in may take longer than one call waits
    await node.trellis.do(
      ...[owner(), ...host('h1'), ...host('h2'), ...host('h3'), ...host('h4')],
      ...[...port('h1', 'v1', 1), ...port('h2', 'v2', 2), ...port('h3', 'v3', 3), ...port('h4', 'v4', 4)],
      ...[...host('h6'), ...port('h6', 'v6', 6), ...join('link6', device('v6'), tunnel('ab6', KEY))],
      ...join('mixed', tunnel('ab', TO_IPV6), tunnel('ab6', TO_IPV4)),
      ...join('relayed6', tunnel('ab6', RELAYED), tunnel('ab6', RELAYED + 100)),
      ...join('link', device('v1'), tunnel('ab', KEY)),
      ...join('relayed', tunnel('ab', RELAYED), tunnel('ab', RELAYED + 100)),
      ...join('local', device('v2'), device('v3')),
      { op: 'virtual.set', device: 'v4', link: 'half', to: tunnel('ab', HALF) },
    )
    const mac = (n: LabNode, d: string) => n.run('cat', `/sys/class/net/${d}/address`).trim()
    macs = { here: mac(node, 'u-b'), there: mac(neighbour, 'u-a') }
  })
  afterAll(() => lab.end())

  const arriving = (payload: string, more: object = {}) =>
    ethernet({
      to: macs.here,
      from: macs.there,
      payload: ip({ from: NEIGHBOUR, to: HERE, protocol: 47, payload, ...more }),
    })
  const leaving = (key: number, inner: string, more: object = {}) =>
    ethernet({
      ...{ to: macs.there, from: macs.here },
      payload: ip({ from: HERE, to: NEIGHBOUR, protocol: 47, payload: gre({ key, payload: inner }), ...more }),
    })

  const arriving6 = (payload: string, more: object = {}) =>
    ethernet({
      ...{ to: macs.here, from: macs.there, type: 0x86dd },
      payload: ip6({ from: NEIGHBOUR6, to: HERE6, payload, ...more }),
    })
  const leaving6 = (key: number, inner: string, more: object = {}) =>
    ethernet({
      ...{ to: macs.there, from: macs.here, type: 0x86dd },
      payload: ip6({ from: HERE6, to: NEIGHBOUR6, payload: gre({ key, payload: inner }), ...more }),
    })

  interface Case {
    name: string
    program?: 'from_virtual' | 'from_underlay'
    on?: string
    packet: () => string
    verdict: number
    /** What leaves, when it is redirected. */
    out?: () => string
    reason?: string
  }

  const arp = () => ethernet({ to: 'ff:ff:ff:ff:ff:ff', type: 0x0806, payload: '00'.repeat(28) })
  const ipv6 = () => ethernet({ type: 0x86dd, payload: `6000000000083a40${'00'.repeat(32)}8000000000000000` })

  const cases: Case[] = [
    {
      name: 'IPv4 is delivered',
      packet: () => arriving(gre({ payload: frame() })),
      verdict: REDIRECT,
      out: () => frame(),
    },
    { name: 'ARP is delivered', packet: () => arriving(gre({ payload: arp() })), verdict: REDIRECT, out: arp },
    { name: 'IPv6 is delivered', packet: () => arriving(gre({ payload: ipv6() })), verdict: REDIRECT, out: ipv6 },
    ...[
      ['IPv4', () => frame('00'.repeat(30))],
      ['a short IPv4 packet', () => frame()],
      ['ARP', arp],
      ['IPv6', ipv6],
      ['what is neither', () => ethernet({ type: 0x88b5, payload: '00'.repeat(50) })],
    ].flatMap(([name, inner]): Case[] => {
      const packet = inner as () => string // the table's second column
      return [
        {
          name: `over IPv6 ${name} is delivered`,
          packet: () => arriving6(gre({ payload: packet() })),
          verdict: REDIRECT,
          out: packet,
        },
        {
          name: `over IPv6 ${name} is encapsulated`,
          ...{ program: 'from_virtual', on: 'v6', packet },
          verdict: REDIRECT,
          out: () => leaving6(KEY, packet()),
        },
        {
          name: `${name} is relayed from IPv4 to IPv6`,
          packet: () => arriving(gre({ key: TO_IPV6, payload: packet() })),
          verdict: REDIRECT,
          out: () => leaving6(TO_IPV4, packet(), { hopLimit: 63 }),
        },
        {
          name: `${name} is relayed from IPv6 to IPv4`,
          packet: () => arriving6(gre({ key: TO_IPV4, payload: packet() })),
          verdict: REDIRECT,
          out: () => leaving(TO_IPV6, packet(), { ttl: 63 }),
        },
        {
          name: `${name} is relayed from IPv6 to IPv6`,
          packet: () => arriving6(gre({ key: RELAYED, payload: packet() })),
          verdict: REDIRECT,
          out: () => leaving6(RELAYED + 100, packet(), { hopLimit: 63 }),
        },
      ]
    }),
    {
      name: 'over IPv6 a frame shorter than Ethernet allows is padded to 60 octets',
      packet: () => arriving6(gre({ payload: ethernet({ type: 0x88b5, payload: '0102' }) })),
      verdict: REDIRECT,
      out: () => ethernet({ type: 0x88b5, payload: '0102'.padEnd(92, '0') }),
    },
    {
      name: 'over IPv6 padding behind the outer packet is cut off',
      packet: () => `${arriving6(gre({ payload: frame() }))}000000`,
      verdict: REDIRECT,
      out: () => frame(),
    },
    {
      name: 'what fits over IPv4 may not fit over IPv6',
      packet: () => arriving(gre({ key: TO_IPV6, payload: frame('00'.repeat(1462)) })),
      verdict: DROP,
      reason: 'path-mtu',
    },
    {
      name: 'hop limit 1 is not relayed',
      packet: () => arriving6(gre({ key: TO_IPV4, payload: frame() }), { hopLimit: 1 }),
      verdict: DROP,
      reason: 'ttl',
    },
    {
      name: 'over IPv6 an unknown key',
      packet: () => arriving6(gre({ key: 99, payload: frame() })),
      verdict: DROP,
      reason: 'unknown-key',
    },
    {
      name: 'over IPv6 a key of the IPv4 neighbour',
      packet: () => arriving6(gre({ key: TO_IPV6, payload: frame() })),
      verdict: DROP,
      reason: 'unknown-key',
    },
    {
      name: 'over IPv6 a wrong remote',
      packet: () => arriving6(gre({ payload: frame() }), { from: '2001:db8:1::3' }),
      verdict: DROP,
      reason: 'unknown-neighbour',
    },
    {
      name: 'the IPv4 neighbour written as IPv6 (RFC 4291 2.5.5.2) is another',
      packet: () =>
        arriving6(gre({ payload: frame() }))
          .replace(/2001.{24}0002/, `${'0'.repeat(20)}ffffc0000202`)
          .replace(/2001.{24}0001/, `${'0'.repeat(20)}ffffc0000201`),
      verdict: DROP,
      reason: 'unknown-neighbour',
    },
    {
      name: 'over IPv6 without a key',
      packet: () => arriving6(gre({ key: null, payload: frame() })),
      verdict: DROP,
      reason: 'no-key',
    },
    {
      name: 'over IPv6 GRE with routing',
      packet: () => arriving6(gre({ flags: 0x6000, payload: `00000000${frame()}` })),
      verdict: DROP,
      reason: 'gre-flags',
    },
    {
      name: 'over IPv6 no inner Ethernet header',
      packet: () => arriving6(gre({ payload: '00'.repeat(13) })),
      verdict: DROP,
      reason: 'truncated',
    },
    {
      name: 'over IPv6 a length beyond the packet',
      packet: () => arriving6(gre({ payload: frame() }), { length: 500 }),
      verdict: DROP,
      reason: 'ip-header',
    },
    {
      name: 'over IPv6 a length of none, as a jumbogram has (RFC 2675)',
      packet: () => arriving6(gre({ payload: frame() }), { length: 0 }),
      verdict: DROP,
      reason: 'ip-header',
    },
    ...[
      ['hop-by-hop', 0, '2f00000000000000', 'ipv6-extension'],
      ['routing', 43, '2f00000000000000', 'ipv6-extension'],
      ['destination options (an encapsulation limit, RFC 2473)', 60, '2f00040104010100', 'ipv6-extension'],
      ['authentication', 51, `2f01${'00'.repeat(10)}`, 'ipv6-extension'],
      ['three', 0, '3c000000000000002b000000000000002f00000000000000', 'ipv6-extension'],
      ['a first fragment', 44, '2f00000100000001', 'fragment'],
    ].map(([name, next, header, reason]) => ({
      name: `EGRE behind an IPv6 extension header: ${name}`,
      packet: () => arriving6(`${header}${gre({ payload: frame() })}`, { next: Number(next) }),
      verdict: DROP,
      reason: String(reason),
    })),
    {
      name: 'a later fragment over IPv6 cannot be told',
      packet: () => arriving6(`2f00009000000001${gre({ payload: frame() })}`, { next: 44 }),
      verdict: PASS,
    },
    {
      name: 'extension headers without end are not ours',
      packet: () => arriving6('3c00000000000000'.repeat(9), { next: 60 }),
      verdict: PASS,
    },
    {
      name: 'an inner VLAN tag stays',
      packet: () => arriving(gre({ payload: frame('', { tags: [{ id: 7 }] }) })),
      verdict: REDIRECT,
      out: () => frame('', { tags: [{ id: 7 }] }),
    },
    {
      name: 'padding behind the outer packet is cut off',
      packet: () => arriving(gre({ payload: frame() })) + '00'.repeat(9),
      verdict: REDIRECT,
      out: () => frame(),
    },
    {
      name: 'a frame shorter than Ethernet allows is padded to 60 octets',
      packet: () => arriving(gre({ payload: ethernet({ type: 0x88b5, payload: '0102' }) })),
      verdict: REDIRECT,
      out: () => ethernet({ type: 0x88b5, payload: '0102'.padEnd(92, '0') }),
    },
    {
      name: 'a relayed packet gets the next key, and a TTL less by one',
      packet: () => arriving(gre({ key: RELAYED, payload: frame() })),
      verdict: REDIRECT,
      out: () => leaving(RELAYED + 100, frame(), { ttl: 63 }),
    },
    {
      name: 'a relayed packet is not looked into',
      packet: () => arriving(gre({ key: RELAYED, payload: 'ff'.repeat(20) })),
      verdict: REDIRECT,
      out: () => leaving(RELAYED + 100, 'ff'.repeat(20), { ttl: 63 }),
    },
    {
      name: 'TTL 1 is not relayed',
      packet: () => arriving(gre({ key: RELAYED, payload: frame() }), { ttl: 1 }),
      verdict: DROP,
      reason: 'ttl',
    },
    {
      name: 'TTL 1 is delivered',
      packet: () => arriving(gre({ payload: frame() }), { ttl: 1 }),
      verdict: REDIRECT,
      out: () => frame(),
    },
    {
      name: 'what is too long for the next hop is not relayed',
      packet: () => arriving(gre({ key: RELAYED, payload: frame('00'.repeat(1500)) })),
      verdict: DROP,
      reason: 'path-mtu',
    },
    {
      name: 'an unknown key',
      packet: () => arriving(gre({ key: 99, payload: frame() })),
      verdict: DROP,
      reason: 'unknown-key',
    },
    {
      name: 'a key that leads nowhere yet',
      packet: () => arriving(gre({ key: HALF, payload: frame() })),
      verdict: DROP,
      reason: 'unbound',
    },
    {
      name: 'a wrong remote',
      packet: () => arriving(gre({ payload: frame() }), { from: '192.0.2.3' }),
      verdict: DROP,
      reason: 'unknown-neighbour',
    },
    {
      name: 'not to our address',
      packet: () => arriving(gre({ payload: frame() }), { to: '192.0.2.9' }),
      verdict: DROP,
      reason: 'unknown-neighbour',
    },
    {
      name: 'without a key',
      packet: () => arriving(gre({ key: null, payload: frame() })),
      verdict: DROP,
      reason: 'no-key',
    },
    ...[
      ['checksum', 0xa000],
      ['routing', 0x6000],
      ['sequence', 0x3000],
      ['recursion', 0x2100],
      ['reserved', 0x2008],
      ['version 1', 0x2001],
    ].map(([name, flags]) => ({
      name: `GRE with ${name}`,
      packet: () => arriving(gre({ flags: Number(flags), payload: `00000000${frame()}` })),
      verdict: DROP,
      reason: 'gre-flags',
    })),
    {
      name: 'no inner Ethernet header',
      packet: () => arriving(gre({ payload: '00'.repeat(13) })),
      verdict: DROP,
      reason: 'truncated',
    },
    {
      name: 'a length beyond the packet',
      packet: () => arriving(gre({ payload: frame() }), { length: 500 }),
      verdict: DROP,
      reason: 'ip-header',
    },
    {
      name: 'a length short of GRE',
      packet: () => arriving(gre({ payload: frame() }), { length: 24 }),
      verdict: DROP,
      reason: 'ip-header',
    },
    {
      name: 'a wrong IP checksum',
      packet: () => arriving(gre({ payload: frame() }), { sum: 'dead' }),
      verdict: DROP,
      reason: 'ip-header',
    },
    {
      name: 'IP options',
      packet: () => arriving(gre({ payload: frame() }), { options: '01010101' }),
      verdict: DROP,
      reason: 'ip-header',
    },
    {
      name: 'a first fragment',
      packet: () => arriving(gre({ payload: frame() }), { more: true }),
      verdict: DROP,
      reason: 'fragment',
    },
    {
      name: 'a later fragment cannot be told',
      packet: () => arriving(gre({ payload: frame() }), { fragmentOffset: 185 }),
      verdict: PASS,
    },
    {
      name: 'GRE with IPv4 inside is not ours',
      packet: () => arriving(gre({ protocol: 0x0800, payload: frame() })),
      verdict: PASS,
    },
    {
      name: 'PPTP is not ours',
      packet: () => arriving(gre({ flags: 0x3001, protocol: 0x880b, payload: frame() })),
      verdict: PASS,
    },
    { name: 'UDP is not ours', packet: () => arriving('00'.repeat(40), { protocol: 17 }), verdict: PASS },
    { name: 'ARP of the underlay is not ours', packet: arp, verdict: PASS },
    { name: 'IPv6 of the underlay is not ours', packet: ipv6, verdict: PASS },
    { name: 'IPv6 cut within GRE is not ours', packet: () => arriving6('2000'), verdict: PASS },
    {
      name: 'GRE over IPv6 with IPv4 inside is not ours',
      packet: () => arriving6(gre({ protocol: 0x0800 })),
      verdict: PASS,
    },
    { name: 'a packet cut within GRE is not ours', packet: () => arriving('2000'), verdict: PASS },
    ...[
      ['IPv4', () => frame('00'.repeat(100))],
      ['ARP', arp],
      ['IPv6', ipv6],
      ['what is neither', () => ethernet({ type: 0x88b5, payload: '00'.repeat(50) })],
      ['IS-IS', () => ethernet({ to: '01:80:c2:00:00:14', type: 60, payload: `fefe03${'00'.repeat(57)}` })],
    ].map(([name, inner]) => ({
      name: `${name} is encapsulated`,
      program: 'from_virtual' as const,
      on: 'v1',
      packet: inner as () => string, // the table's second column
      verdict: REDIRECT,
      out: () => leaving(KEY, (inner as () => string)()),
    })),
    {
      name: 'the largest packet is encapsulated',
      ...{ program: 'from_virtual', on: 'v1' },
      packet: () => frame('00'.repeat(1472)),
      verdict: REDIRECT,
      out: () => leaving(KEY, frame('00'.repeat(1472))),
    },
    {
      name: 'a larger one is not',
      ...{ program: 'from_virtual', on: 'v1' },
      packet: () => frame('00'.repeat(1477)),
      verdict: DROP,
      reason: 'oversize',
    },
    {
      name: 'to a virtual interface of this node',
      ...{ program: 'from_virtual', on: 'v2' },
      packet: () => frame(),
      verdict: REDIRECT,
      out: () => frame(),
    },
    {
      name: 'from a device that is no virtual interface',
      program: 'from_virtual',
      on: 'u-b',
      packet: () => frame(),
      verdict: DROP,
      reason: 'unbound',
    },
  ]

  async function drops(): Promise<Record<string, number>> {
    const { virtual, tunnels, node: n } = (await node.trellis.one({ op: 'stats' })) as unknown as Stats
    const total: Record<string, number> = {}
    for (const { drops: d } of [...virtual, ...tunnels, n])
      for (const [reason, count] of Object.entries(d)) total[reason] = (total[reason] ?? 0) + count
    return total
  }

  for (const { name, program = 'from_underlay', on = 'u-b', packet, verdict, out, reason } of cases)
    test(name, async () => {
      const before = await drops()
      const [result] = await node.trellis.do({ op: 'test.run', program, device: on, packet: packet() })
      const after = await drops()
      expect(result?.verdict).toBe(verdict)
      if (out) expect(result?.packet).toBe(out())
      const moved = Object.entries(after).filter(([r, count]) => count !== (before[r] ?? 0) && r !== 'none')
      expect(moved).toEqual(reason ? [[reason, (before[reason] ?? 0) + 1]] : [])
    })

  test('random bytes behind every prefix of a good packet never crash or leak', async () => {
    const good = arriving(gre({ payload: frame('00'.repeat(30)) }))
    const ops = Array.from({ length: 2000 }, (_, i) => {
      const keep = 68 + ((i * 2) % (good.length - 68)) // less than an IPv4 header is refused by the kernel itself
      const rest = Array.from({ length: i % 90 }, (_, k) => ((i * 131 + k * 57) & 255).toString(16).padStart(2, '0'))
      return { op: 'test.run', program: 'from_underlay', device: 'u-b', packet: good.slice(0, keep) + rest.join('') }
    })
    const results = await node.trellis.do(...ops)
    for (const { verdict } of results) expect([DROP, PASS, REDIRECT]).toContain(verdict)
  })
})

interface Stats {
  virtual: { drops: Record<string, number> }[]
  tunnels: { drops: Record<string, number> }[]
  node: { drops: Record<string, number> }
}
