// What does the fast path do with one frame? Each branch once, through BPF_PROG_TEST_RUN: nothing is sent. It never drops:
// what it does not forward it leaves to the tc path and the router's kernel, which count.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ethernet, gre, ip } from './packets'
import { KEYS, makeRoutedSlice, type RoutedSlice, turnOn, until } from './routed-slice'

const PASS = 2
const REDIRECT = 4

const ROUTER = '02:00:00:00:00:11'
const HOST = '02:00:00:00:00:01'
const OUT = '02:00:00:00:00:12'
const NEXT = '02:00:00:00:00:02'

const UDP = '03e803e8000c000001020304'
const TCP = '03e803e800000001000000005010200000000000'

const inner = (more: object = {}, e: object = {}) =>
  ethernet({ to: ROUTER, from: HOST, payload: ip({ from: '10.1.0.2', to: '10.2.0.2', payload: UDP, ...more }), ...e })
const v6 = (next: number, hops = 64) => {
  const length = (UDP.length / 2).toString(16).padStart(4, '0')
  const octet = (n: number) => n.toString(16).padStart(2, '0')
  const address = (network: string, last: string) => `${network}${'0'.repeat(24)}${last}`
  return `60000000${length}${octet(next)}${octet(hops)}${address('fd01', '0002')}${address('fd02', '0002')}${UDP}`
}

describe('verdicts of the fast path', () => {
  let slice: RoutedSlice
  const macs: Record<string, string> = {}

  beforeAll(async () => {
    slice = await makeRoutedSlice()
    await turnOn(slice)
    const mac = (node: typeof slice.m, dev: string) => node.run('cat', `/sys/class/net/${dev}/address`).trim()
    Object.assign(macs, {
      in: mac(slice.m, 'u-s'),
      s: mac(slice.s, 'u-m'),
      out: mac(slice.m, 'u-d'),
      d: mac(slice.d, 'u-m'),
    })
    slice.m.host('r', 'ping', '-c1', '-W2', '10.2.0.2') // the next hop is known
    slice.m.host('r', 'ping', '-6', '-c1', '-W2', 'fd02::2')
    // IPv4 and IPv6 flows are learnt: the first packet goes by the kernel, the next is forwarded
    for (const packet of [inner(), ipv6(17)])
      await until(
        () => port(packet),
        ({ verdict }) => verdict === REDIRECT,
      )
  })
  afterAll(() => slice.lab.end())

  const ipv6 = (next: number, hops = 64) => ethernet({ to: ROUTER, from: HOST, type: 0x86dd, payload: v6(next, hops) })
  const arriving = (payload: string, more: object = {}) =>
    ethernet({
      ...{ to: macs.in, from: macs.s },
      payload: ip({ from: '192.0.2.1', to: '192.0.2.2', protocol: 47, payload, ...more }),
    })
  const leaving = (key: number, payload: string, ttl = 64) =>
    ethernet({
      ...{ to: macs.d, from: macs.out },
      payload: ip({ from: '198.51.100.1', to: '198.51.100.2', protocol: 47, ttl, payload: gre({ key, payload }) }),
    })
  const underlay = async (packet: string) =>
    (await slice.m.trellis.do({ op: 'test.run', program: 'fast_underlay', device: 'u-s', packet }))[0] as unknown as Ran
  async function port(packet: string, arrived: string | null = 'vi'): Promise<Ran> {
    const where = { namespace: 'r', device: 'in', ...(arrived && { arrived }) }
    return (await slice.m.trellis.do({ op: 'test.run', program: 'fast_port', ...where, packet }))[0] as unknown as Ran
  }
  const forwarded = () => inner({ ttl: 63 }, { to: NEXT, from: OUT })

  test('a known flow is forwarded at the underlay: next key, next hop, TTL less by one', async () => {
    const { verdict, packet } = await underlay(arriving(gre({ key: KEYS.in, payload: inner() })))
    expect(verdict).toBe(REDIRECT)
    expect(packet).toBe(leaving(KEYS.out, forwarded()))
  })

  test('so is one of IPv6', async () => {
    const { verdict, packet } = await underlay(arriving(gre({ key: KEYS.in, payload: ipv6(17) })))
    expect(verdict).toBe(REDIRECT)
    const next = ethernet({ to: NEXT, from: OUT, type: 0x86dd, payload: v6(17, 63) })
    expect(packet).toBe(leaving(KEYS.out, next))
  })

  test('an unknown flow is handed to the port of its router, out of the tunnel', async () => {
    const frame = inner({ from: '10.1.0.77' })
    const { verdict, packet } = await underlay(arriving(gre({ key: KEYS.in, payload: frame })))
    expect(verdict).toBe(REDIRECT)
    expect(packet.endsWith(frame)).toBe(true)
    expect(packet.length - frame.length).toBeLessThanOrEqual(16) // who it arrived at goes with it
  })

  test('the port forwards it by the router’s own routes', async () => {
    const { verdict, packet } = await port(inner())
    expect(verdict).toBe(REDIRECT)
    expect(packet.endsWith(leaving(KEYS.out, forwarded()))).toBe(true)
  })

  test('a relayed frame is not looked into: next key, outer TTL less by one', async () => {
    const { verdict, packet } = await underlay(arriving(gre({ key: KEYS.relayIn, payload: 'ff'.repeat(40) })))
    expect(verdict).toBe(REDIRECT)
    expect(packet).toBe(leaving(KEYS.relayOut, 'ff'.repeat(40), 63))
  })

  const egre = (payload: string, more: object = {}) => arriving(gre({ key: KEYS.in, payload }), more)
  const passed: [string, () => string][] = [
    ['an outer header with options', () => egre(inner(), { options: '01010101' })],
    ['an outer fragment', () => egre(inner(), { more: true })],
    ['a wrong outer checksum', () => egre(inner(), { sum: 'dead' })],
    ['a length beyond the frame', () => egre(inner(), { length: 500 })],
    ['padding behind the outer packet', () => `${egre(inner())}0000`],
    ['GRE with a checksum', () => arriving(gre({ flags: 0xa000, key: KEYS.in, payload: inner() }))],
    ['GRE without a key', () => arriving(gre({ key: null, payload: inner() }))],
    ['GRE with IPv4 inside', () => arriving(gre({ protocol: 0x0800, key: KEYS.in, payload: inner() }))],
    ['an unknown key', () => arriving(gre({ key: 99, payload: inner() }))],
    ['a wrong remote', () => egre(inner(), { from: '192.0.2.3' })],
    ['UDP of the node itself', () => arriving(UDP, { protocol: 17 })],
    ['a relayed frame whose outer TTL ends', () => arriving(gre({ key: KEYS.relayIn, payload: inner() }), { ttl: 1 })],
    [
      'a relayed frame longer than the next hop takes',
      () => arriving(gre({ key: KEYS.relayIn, payload: 'ff'.repeat(1540) })),
    ],
    ['an inner frame cut short', () => egre('00'.repeat(13))],
    ['ARP', () => egre(ethernet({ to: 'ff:ff:ff:ff:ff:ff', type: 0x0806, payload: '00'.repeat(28) }))],
    ['another MAC address than the router’s', () => egre(inner({}, { to: '02:00:00:00:00:99' }))],
    ['an OSPF hello', () => egre(inner({ to: '224.0.0.5', protocol: 89, ttl: 1 }, { to: '01:00:5e:00:00:05' }))],
    [
      'an IS-IS hello',
      () => egre(ethernet({ to: '01:80:c2:00:00:14', type: 60, payload: `fefe03${'00'.repeat(57)}` })),
    ],
    ['a VLAN tag', () => egre(inner({}, { tags: [{ id: 7 }] }))],
    ['an inner TTL that ends here', () => egre(inner({ ttl: 1 }))],
    ['inner options', () => egre(inner({ options: '01010101' }))],
    ['an inner fragment', () => egre(inner({ more: true, dontFragment: false }))],
    ['a later inner fragment', () => egre(inner({ fragmentOffset: 10, dontFragment: false }))],
    ['a wrong inner checksum', () => egre(inner({ sum: 'dead' }))],
    ['an inner length beyond the frame', () => egre(inner({ length: 400 }))],
    ['ICMP', () => egre(inner({ protocol: 1, payload: '0800f7ff00000000' }))],
    ['multicast', () => egre(inner({ to: '239.1.2.3' }))],
    ['ICMPv6', () => egre(ipv6(58))],
    ['IPv6 with an extension header', () => egre(ipv6(0))],
    ['an IPv6 hop limit that ends here', () => egre(ipv6(17, 1))],
  ]
  test.each(passed)('%s is left to the tc path, untouched', async (_, packet) => {
    const sent = packet()
    expect(await underlay(sent)).toMatchObject({ verdict: PASS, packet: sent })
  })

  const keptInside: [string, string, string | null][] = [
    ['to the router itself', inner({ to: '10.2.0.1' }), 'vi'],
    ['back where it came from', inner({ to: '10.1.0.9' }), 'vi'],
    ['without a route', inner({ to: '203.0.113.9' }), 'vi'],
    ['to a next hop that is not known', inner({ to: '10.2.0.77' }), 'vi'],
    ['longer than the route takes', inner({ payload: `03e803e805f40000${'00'.repeat(1516)}` }), 'vi'],
    ['that the router’s own kernel or another host sent', inner(), null],
    [
      'of TCP, the first of its flow: neighbours are kept awake',
      inner({ protocol: 6, from: '10.1.0.66', payload: TCP }),
      'vi',
    ],
  ]
  test.each(keptInside)('a frame %s goes by the router’s kernel', async (_, packet, arrived) => {
    const result = await port(packet, arrived)
    expect(result.verdict).toBe(PASS)
    expect(result.packet.endsWith(packet)).toBe(true)
  })

  test('more flows than the map holds push out old ones, and all are still forwarded right', async () => {
    const address = (i: number) => `10.${128 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`
    for (let first = 0; first < 70_000; first += 10_000)
      await slice.m.trellis.do(
        ...Array.from({ length: 10_000 }, (_, i) => ({
          ...{ op: 'test.run', program: 'fast_port', namespace: 'r', device: 'in', arrived: 'vi' },
          packet: inner({ from: address(first + i) }),
        })),
      )
    await until(
      () => port(inner()),
      ({ verdict }) => verdict === REDIRECT,
    )
    const { packet } = await underlay(arriving(gre({ key: KEYS.in, payload: inner() })))
    expect(packet).toBe(leaving(KEYS.out, forwarded()))
  })

  test('random bytes behind every prefix of a good frame are passed or forwarded, and nothing crashes', async () => {
    const good = arriving(gre({ key: KEYS.in, payload: inner() }))
    const ops = Array.from({ length: 1500 }, (_, i) => {
      const keep = 28 + ((i * 2) % (good.length - 28))
      const rest = Array.from({ length: i % 90 }, (_, k) => ((i * 131 + k * 57) & 255).toString(16).padStart(2, '0'))
      return { op: 'test.run', program: 'fast_underlay', device: 'u-s', packet: good.slice(0, keep) + rest.join('') }
    })
    for (const { verdict } of await slice.m.trellis.do(...ops)) expect([PASS, REDIRECT]).toContain(verdict)
  })

  test('an interface that has gone is left to the kernel at once, and what leads elsewhere goes on', async () => {
    const there = arriving(gre({ key: KEYS.in, payload: inner() }))
    const relayed = arriving(gre({ key: KEYS.relayIn, payload: inner() }))
    const before = await underlay(relayed)
    expect(await underlay(there)).toMatchObject({ verdict: REDIRECT })
    slice.m.host('r', 'ip', 'link', 'delete', 'out')
    // Its port hands it to the kernel, which answers the sender; the flow that was known is used no more.
    const after = await until(
      () => port(inner()),
      ({ verdict }) => verdict === PASS,
    )
    expect(after.packet).toBe(inner())
    expect((await underlay(there)).packet).not.toBe(leaving(KEYS.out, forwarded()))
    expect(await underlay(relayed)).toEqual(before)
  })
})

interface Ran {
  verdict: number
  packet: string
}
