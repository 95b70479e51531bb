// What does the tc path do with a packet whose flow it knows, and when does it leave it to the router after all? Each branch
// once, through BPF_PROG_TEST_RUN; what it knows it has learnt from real packets before.
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernelFolder, trellisBinary } from './lab'
import { ethernet, gre, ip } from './packets'
import { device, host, join } from './parts'
import { fastState, KEYS, makeRoutedSlice, type RoutedSlice, turnOn, until } from './routed-slice'
import type { Op } from './trellis'

const DROP = 2
const REDIRECT = 7

const ROUTER = '02:00:00:00:00:11'
const HOST = '02:00:00:00:00:01'
const OUT = '02:00:00:00:00:12'
const NEXT = '02:00:00:00:00:02'
const NEAR = '02:00:00:00:00:04'
const TO_NEAR = '02:00:00:00:00:14'

const UDP = '03e803e8000c000001020304'

const inner = (more: object = {}, e: object = {}) =>
  ethernet({ to: ROUTER, from: HOST, payload: ip({ from: '10.1.0.2', to: '10.2.0.2', payload: UDP, ...more }), ...e })
const forwarded = (more: object = {}) => inner({ ttl: 63, ...more }, { to: NEXT, from: OUT })

/** UDP from fd01::2 to fd02::2. */
const ipv6 = (hops = 64, to = ROUTER, from = HOST) => {
  const octet = (n: number) => n.toString(16).padStart(2, '0')
  const address = (network: string) => `${network}${'0'.repeat(24)}0002`
  const payload = `60000000000c${octet(17)}${octet(hops)}${address('fd01')}${address('fd02')}${UDP}`
  return ethernet({ to, from, type: 0x86dd, payload })
}

/** As recent_of in egre/flow.h. */
function placeOf(slot: number, from: string, to: string): number {
  const word = (address: string) => Buffer.from(address.split('.').map(Number)).readUInt32LE()
  const sum = Math.imul(slot, 0x9e3779b1) + Math.imul(word(from), 0x85ebca77) + Math.imul(word(to), 0xc2b2ae3d)
  return (sum >>> 0) >>> (32 - 13)
}

describe('the tc path', () => {
  let slice: RoutedSlice
  const macs: Record<string, string> = {}

  beforeAll(async () => {
    slice = await makeRoutedSlice()
    const { m } = slice
    const port = (namespace: string, dev: string, name: string, mac: string, address: string): Op[] => [
      { op: 'veth.create', device: dev, namespace, interface: name, mtuBytes: 1500, mac, mark: `myvini-${dev}` },
      {
        op: 'veth.configure',
        device: dev,
        namespace,
        interface: name,
        mtuBytes: 1500,
        addresses: [address],
        alias: 'x',
      },
    ]
    // A host beside the router, on its own node.
    await m.trellis.do(
      ...host('near'),
      ...port('near', 'vn', 'eth0', NEAR, '10.4.0.2/24'),
      ...port('r', 'vl', 'local', TO_NEAR, '10.4.0.1/24'),
      ...join('near', device('vn'), device('vl')),
    )
    m.host('near', 'ip', 'route', 'add', 'default', 'via', '10.4.0.1')
    await turnOn(slice, ['vi', 'vo', 'va', 'vl'], 'learnt')
    const mac = (node: typeof m, dev: string) => node.run('cat', `/sys/class/net/${dev}/address`).trim()
    Object.assign(macs, {
      ...{ in: mac(m, 'u-s'), s: mac(slice.s, 'u-m'), out: mac(m, 'u-d'), d: mac(slice.d, 'u-m') },
    })
    m.host('r', 'ping', '-c1', '-W2', '10.2.0.2') // next hops are known
    m.host('r', 'ping', '-c1', '-W2', '10.3.0.2')
    m.host('r', 'ping', '-c1', '-W2', '10.4.0.2')
    m.host('r', 'ping', '-6', '-c1', '-W2', 'fd02::2')
  })
  afterAll(() => slice.lab.end())

  const arriving = (payload: string, more: object = {}) =>
    ethernet({
      ...{ to: macs.in, from: macs.s },
      payload: ip({ from: '192.0.2.1', to: '192.0.2.2', protocol: 47, payload, ...more }),
    })
  const egre = (payload: string) => arriving(gre({ key: KEYS.in, payload }))
  const leaving = (payload: string, key: number = KEYS.out) =>
    ethernet({
      ...{ to: macs.d, from: macs.out },
      payload: ip({ from: '198.51.100.1', to: '198.51.100.2', protocol: 47, payload: gre({ key, payload }) }),
    })
  const run = async (program: 'from_underlay' | 'from_virtual', on: string, packet: string) =>
    (await slice.m.trellis.do({ op: 'test.run', program, device: on, packet }))[0] as unknown as Ran
  const underlay = (packet: string) => run('from_underlay', 'u-s', packet)
  const send = (packet: string) => slice.s.trellis.do({ op: 'test.send', namespace: 'h1', interface: 'eth0', packet })
  /** Sends it until its like is forwarded without the router. */
  const learn = (packet = inner(), out = leaving(forwarded())) =>
    until(
      async () => {
        await send(packet)
        return (await underlay(egre(packet))).packet
      },
      (now) => now === out,
    )
  const r = (...argv: string[]) => expect(slice.m.host('r', ...argv)).toMatchObject({ code: 0 })
  /** What a router's kernel is given: the inner frame as it was. */
  const goesByKernel = async (packet = inner()) =>
    expect(await underlay(egre(packet))).toMatchObject({ verdict: REDIRECT, packet })

  test('an unknown flow goes by the kernel of its router, and a known one does not', async () => {
    await goesByKernel()
    await learn()
    expect(await underlay(egre(inner()))).toMatchObject({ verdict: REDIRECT, packet: leaving(forwarded()) })
  })

  test('flows that are looked for in the same place are told apart', async () => {
    const { m } = slice
    const little = (n: number) => Buffer.from(Uint32Array.of(n).buffer).toString('hex')
    const spoil = (...args: string[]) => m.run(path.join(kernelFolder, 'build/spoil'), '/run/bpf/myvini', ...args)
    const slot = Number(spoil('by_device', little(Number(m.run('cat', '/sys/class/net/vi/ifindex'))), '0'))
    const place = placeOf(slot, '10.1.0.2', '10.2.0.2')
    const sources = Array.from({ length: 1 << 16 }, (_, i) => `10.9.${i >> 8}.${i & 255}`)
    const from = sources.find((source) => placeOf(slot, source, '10.4.0.2') === place)
    const there = inner({ from, to: '10.4.0.2' })
    const arrives = inner({ from, to: '10.4.0.2', ttl: 63 }, { to: NEAR, from: TO_NEAR })
    await learn()
    await learn(there, arrives)
    for (let i = 0; i < 10; i++) {
      expect(await underlay(egre(inner()))).toMatchObject({ verdict: REDIRECT, packet: leaving(forwarded()) })
      expect(await underlay(egre(there))).toMatchObject({ verdict: REDIRECT, packet: arrives })
    }
  })

  test('IPv6 as well', async () => {
    await goesByKernel(ipv6())
    await learn(ipv6(), leaving(ipv6(63, NEXT, OUT)))
  })

  test('to and from a host of the same node', async () => {
    const there = inner({ to: '10.4.0.2' })
    await learn(there, inner({ to: '10.4.0.2', ttl: 63 }, { to: NEAR, from: TO_NEAR }))
    const back = inner({ from: '10.4.0.2' }, { to: TO_NEAR, from: NEAR })
    expect(await run('from_virtual', 'vn', back)).toMatchObject({ verdict: REDIRECT, packet: back })
    await until(
      async () => {
        await slice.m.trellis.do({ op: 'test.send', namespace: 'near', interface: 'eth0', packet: back })
        return (await run('from_virtual', 'vn', back)).packet
      },
      (now) => now === leaving(forwarded({ from: '10.4.0.2' })),
    )
  })

  const others: [string, () => string][] = [
    ['with another source', () => inner({ from: '10.1.0.77' })],
    ['with options', () => inner({ options: '01010101' })],
    ['that is a fragment', () => inner({ more: true, dontFragment: false })],
    ['that is a later fragment', () => inner({ fragmentOffset: 10, dontFragment: false })],
    ['whose TTL ends', () => inner({ ttl: 1 })],
    ['with a wrong checksum', () => inner({ sum: 'dead' })],
    ['with a length beyond the frame', () => inner({ length: 400 })],
    ['of ICMP', () => inner({ protocol: 1, payload: '0800f7ff00000000' })],
    ['to a multicast address', () => inner({ to: '239.1.2.3' })],
    ['to another MAC address', () => inner({}, { to: '02:00:00:00:00:99' })],
    ['that is ARP', () => ethernet({ to: 'ff:ff:ff:ff:ff:ff', type: 0x0806, payload: '00'.repeat(28) })],
    ['with a VLAN tag', () => inner({}, { tags: [{ id: 7 }] })],
    ['whose hop limit ends', () => ipv6(1)],
    ['longer than any that has passed', () => inner({ payload: `03e803e800640000${'00'.repeat(92)}` })],
  ]
  test.each(others)('a packet %s goes by the kernel of the router', async (_, packet) => {
    await learn()
    await goesByKernel(packet())
  })

  test('a longer packet is learnt from in its turn, up to what the link takes', async () => {
    const longer = (octets: number, more = {}) =>
      ({ payload: `03e803e8${(octets + 8).toString(16).padStart(4, '0')}0000${'00'.repeat(octets)}`, ...more }) as const
    await learn(inner(longer(1000)), leaving(forwarded(longer(1000))))
    expect(await underlay(egre(inner()))).toMatchObject({ packet: leaving(forwarded()) })
    expect(await underlay(egre(inner(longer(900))))).toMatchObject({ packet: leaving(forwarded(longer(900))) })
    await goesByKernel(inner(longer(1001)))
  })

  const notLearnt: [string, object][] = [
    ['to the router itself', { to: '10.2.0.1' }],
    ['without a route', { to: '203.0.113.9' }],
    ['back where it came from', { to: '10.1.0.9' }],
  ]
  test.each(notLearnt)('nothing is learnt from a packet %s', async (_, more) => {
    for (let i = 0; i < 3; i++) await send(inner(more))
    await goesByKernel(inner(more))
  })

  const setDown = (down: boolean) => slice.m.trellis.do({ op: 'line.set', device: 'vo', down })
  test('a link that is down drops it, and counts it there', async () => {
    await learn()
    await setDown(true)
    await goesByKernel()
    expect(await run('from_virtual', 'vo', forwarded())).toMatchObject({ verdict: DROP })
    await setDown(false)
    await learn()
  })

  test('what comes in is held back where it is to be emulated or shaped, and what goes out is not', async () => {
    await learn()
    const shape = (at: object) => ({ op: 'shape.set', at, rateKbps: 10_000, ceilKbps: 10_000 })
    const vi = { kind: 'device', device: 'vi' }
    await slice.m.trellis.do(shape(vi))
    await goesByKernel()
    await slice.m.trellis.do({ op: 'shape.delete', at: vi })
    await slice.m.trellis.do({ op: 'line.set', device: 'vi', delayUs: 1000 })
    expect((await underlay(egre(inner()))).packet).not.toBe(leaving(forwarded()))
    await slice.m.trellis.do({ op: 'line.set', device: 'vi', delayUs: 0 })
    await slice.m.trellis.do({ op: 'line.set', device: 'vo', delayUs: 1000 })
    await slice.m.trellis.do(shape({ kind: 'underlay', underlay: 'md' }))
    await slice.m.trellis.do(shape({ kind: 'tunnel', underlay: 'md', key: KEYS.out }))
    expect(await underlay(egre(inner()))).toMatchObject({ packet: leaving(forwarded()) })
    await slice.m.trellis.do({ op: 'line.set', device: 'vo', delayUs: 0 })
    await slice.m.trellis.do({ op: 'shape.delete', at: { kind: 'tunnel', underlay: 'md', key: KEYS.out } })
  })

  test('whoever captures at either interface of the router sees it', async () => {
    await learn()
    for (const watched of ['vi', 'vo']) {
      const { m } = slice
      const capture = ['capture', ...m.folders(), '--device', watched, '--seconds', '30']
      m.run('sh', '-c', `${[trellisBinary, ...capture].join(' ')} >/dev/null 2>&1 &`)
      await until(
        () => underlay(egre(inner())),
        ({ packet }) => packet === inner(),
      )
      m.kill('KILL', 'capture') // the next that looks takes its flag away
      await until(
        async () => {
          await m.trellis.do({ op: 'observe' })
          await send(inner()) // flows do not live long
          return underlay(egre(inner()))
        },
        ({ packet }) => packet === leaving(forwarded()),
      )
    }
  })

  const aside: [string, string[], string[]][] = [
    ['nftables', ['nft', 'add', 'table', 'ip', 'x'], ['nft', 'delete', 'table', 'ip', 'x']],
    ['a rule', ['ip', 'rule', 'add', 'pref', '99', 'lookup', 'main'], ['ip', 'rule', 'del', 'pref', '99']],
    [
      'next hops by ports',
      ['sysctl', '-qw', 'net.ipv4.fib_multipath_hash_policy=1'],
      ['sysctl', '-qw', 'net.ipv4.fib_multipath_hash_policy=0'],
    ],
    ['a queue', ['tc', 'qdisc', 'add', 'dev', 'out', 'root', 'pfifo'], ['tc', 'qdisc', 'del', 'dev', 'out', 'root']],
  ]
  test.each(aside)('%s in the router turns it off, and on again', async (_, set, unset) => {
    await learn()
    r(...set)
    await until(
      () => underlay(egre(inner())),
      ({ packet }) => packet === inner(),
    )
    // Not only the flow that was known: no other is used either.
    await send(inner())
    await until(
      () => fastState(slice),
      ({ hosts }) => hosts[0]?.cached === false || hosts[0]?.blocked.length !== 0,
    )
    await goesByKernel()
    r(...unset)
    await learn()
  })

  test('a bridge over an interface turns it off: it may flood', async () => {
    await learn()
    r('ip', 'link', 'add', 'br0', 'type', 'bridge')
    r('ip', 'link', 'set', 'alt', 'master', 'br0')
    await until(
      () => fastState(slice),
      ({ hosts }) => hosts[0]?.cached === false,
    )
    await goesByKernel()
    r('ip', 'link', 'delete', 'br0')
    await learn()
  })

  test('a router that is let go is not passed by', async () => {
    await learn()
    await slice.m.trellis.do({ op: 'fast.delete', namespace: 'r' })
    await goesByKernel()
    await turnOn(slice, ['vi', 'vo', 'va', 'vl'], 'learnt')
    await goesByKernel() // what was known of it is not any more
    await learn()
    // An interface that no longer belongs to it leads nowhere, whatever is remembered.
    await turnOn(slice, ['vi', 'va', 'vl'], 'learnt')
    await goesByKernel()
    await turnOn(slice, ['vi', 'vo', 'va', 'vl'], 'learnt')
    await learn()
  })
})

interface Ran {
  verdict: number
  packet: string
}
