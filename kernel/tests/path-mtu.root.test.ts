// What is longer than its way takes is dropped and counted, and its sender is told how long it may be.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { ethernet, gre, ip } from './packets'
import { device, host, join, joinedPair, meet, owner, port, tunnel, underlay } from './parts'

const WIDE = 1542
const NARROW = 1342 // 42 of it are EGRE's
const transfer = path.join(import.meta.dirname, 'transfer.mjs')

interface Stats {
  virtual: { device: string; drops: Record<string, number> }[]
  tunnels: { key: number; drops: Record<string, number> }[]
  node: { drops: Record<string, number> }
}
const stats = async (node: LabNode) => (await node.trellis.one({ op: 'stats' })) as unknown as Stats
const pathMtu = async (node: LabNode) => {
  const { underlays } = (await node.trellis.one({ op: 'observe' })) as unknown as {
    underlays: { underlay: string; mtuBytes: number; pathMtuBytes: number }[]
  }
  return Object.fromEntries(underlays.map((u) => [u.underlay, [u.mtuBytes, u.pathMtuBytes]]))
}
const ping = (node: LabNode, name: string, to: string, bytes: number, ...more: string[]) =>
  node.host(name, 'ping', '-c1', '-W2', '-M', 'do', '-s', `${bytes}`, ...more, to)

/** Sends over one TCP connection while `meanwhile` happens; both digests. */
async function transferWhile(
  from: [LabNode, string],
  to: [LabNode, string],
  address: string,
  meanwhile: () => Promise<unknown> | unknown,
): Promise<[string, string]> {
  const run = ([node, name]: [LabNode, string], ...argv: string[]) => {
    const [file, rest] = node.insideHost(name, [process.execPath, transfer, ...argv])
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.setEncoding('utf8')
    return child
  }
  const server = run(to, 'receive', address)
  await once(server.stdout, 'data') // it listens
  const got = once(server.stdout, 'data')
  const client = run(from, 'send', address, `${60_000_000}`)
  const sent = once(client.stdout, 'data')
  await meanwhile()
  return [String(await sent).trim(), String(await got).trim()]
}

describe('a link of one hop', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode
  const shrink = (mtu: number) => a.run('ip', 'link', 'set', 'u-b', 'mtu', `${mtu}`)

  beforeAll(async () => {
    ;[a, b] = await joinedPair(lab)
  })
  beforeEach(async () => {
    shrink(WIDE)
    await a.trellis.one({ op: 'observe' })
    for (const family of ['-4', '-6']) a.host('h', 'ip', family, 'route', 'flush', 'cache')
    ping(a, 'h', '10.0.0.2', 10)
  })
  afterAll(() => lab.end())

  test('the underlay shrinks: ping -M do is told, and what fits passes', async () => {
    expect(ping(a, 'h', '10.0.0.2', 1472)).toMatchObject({ code: 0 })
    shrink(NARROW)
    await sleep(100)
    expect(ping(a, 'h', '10.0.0.2', 1472).stdout).toContain('Frag needed and DF set (mtu = 1300)')
    expect(ping(a, 'h', '10.0.0.2', 1272)).toMatchObject({ code: 0 })
    expect((await stats(a)).virtual[0]?.drops['path-mtu']).toBeGreaterThan(0)
    expect(await pathMtu(a)).toEqual({ ab: [WIDE, NARROW] })
  })

  test('... and grows again without anybody asking', async () => {
    shrink(NARROW)
    await sleep(100)
    shrink(WIDE)
    await sleep(100)
    expect(ping(a, 'h', '10.0.0.2', 1472)).toMatchObject({ code: 0 })
  })

  test('over IPv6 inside it is "packet too big"', async () => {
    shrink(NARROW)
    await sleep(100)
    expect(ping(a, 'h', 'fd00::2', 1452).stdout).toContain('Packet too big: mtu=1300')
    expect(ping(a, 'h', 'fd00::2', 1252)).toMatchObject({ code: 0 })
  })

  test('a virtual host that raised its own MTU is told what the link takes', () => {
    a.host('h', 'ip', 'link', 'set', 'eth0', 'mtu', '4000')
    a.host('h', 'ip', 'route', 'flush', 'cache')
    expect(ping(a, 'h', '10.0.0.2', 2000).stdout).toContain('Frag needed and DF set (mtu = 1500)')
    a.host('h', 'ip', 'link', 'set', 'eth0', 'mtu', '1500')
  })

  test('TCP that is under way goes on, with every byte', async () => {
    const [sent, got] = await transferWhile([a, 'h'], [b, 'h'], '10.0.0.2', async () => {
      await sleep(20)
      shrink(NARROW)
    })
    expect(sent).toMatch(/^60000000 [0-9a-f]{64}$/)
    expect(got).toBe(sent)
  })

  test('who sends too long all the time is told no oftener than every five milliseconds', async () => {
    shrink(NARROW)
    await sleep(100)
    const heard = () => Number(/InDestUnreachs:? *(\d+)/.exec(snmp())?.[1] ?? 0)
    const snmp = () => {
      const lines = a
        .host('h', 'cat', '/proc/net/snmp')
        .stdout.split('\n')
        .filter((l) => l.startsWith('Icmp:'))
      const at = lines[0]?.split(' ').indexOf('InDestUnreachs') ?? 0
      return `InDestUnreachs: ${lines[1]?.split(' ')[at]}`
    }
    const before = heard()
    const started = performance.now()
    // IP_MTU_DISCOVER: IP_PMTUDISC_PROBE, as long as the interface takes whatever was heard
    const perl =
      'use Socket; socket(S, PF_INET, SOCK_DGRAM, 0); setsockopt(S, 0, 10, pack("i", 3));' +
      'send(S, "x" x 1472, 0, sockaddr_in(9, inet_aton("10.0.0.2"))) for 1 .. 1000'
    expect(a.host('h', 'perl', '-e', perl)).toMatchObject({ code: 0 })
    const took = performance.now() - started
    await sleep(100)
    expect((await stats(a)).virtual[0]?.drops['path-mtu']).toBeGreaterThanOrEqual(1000)
    expect(heard() - before).toBeGreaterThan(0)
    expect(heard() - before).toBeLessThanOrEqual(Math.min(999, 1 + took / 5))
  })

  test.each([
    ['is not IP', ethernet({ type: 0x88b5, payload: '00'.repeat(1450) })],
    [
      'is to a group',
      ethernet({
        to: '01:00:5e:00:00:05',
        payload: ip({ from: '10.0.0.1', to: '224.0.0.5', payload: '00'.repeat(1400) }),
      }),
    ],
    [
      'is an ICMP error itself',
      ethernet({ payload: ip({ from: '10.0.0.1', to: '10.0.0.2', protocol: 1, payload: `0304${'00'.repeat(1400)}` }) }),
    ],
    [
      'is a later fragment',
      ethernet({ payload: ip({ from: '10.0.0.1', to: '10.0.0.2', fragmentOffset: 100, payload: '00'.repeat(1400) }) }),
    ],
  ])('what %s is counted alone', async (_, packet) => {
    shrink(NARROW)
    await sleep(100)
    const arrived = () => a.host('h', 'cat', '/proc/net/snmp').stdout
    const [before, told] = [(await stats(a)).virtual[0]?.drops['path-mtu'] ?? 0, arrived()]
    await a.trellis.do({ op: 'test.send', namespace: 'h', interface: 'eth0', packet })
    await sleep(50)
    expect((await stats(a)).virtual[0]?.drops['path-mtu']).toBe(before + 1)
    expect(arrived()).toBe(told)
  })
})

describe('where the way gets narrow beyond the first node', () => {
  const lab = new Lab()
  let a: LabNode
  let m: LabNode
  let b: LabNode

  beforeAll(async () => {
    a = await lab.node('a')
    m = await lab.node('m')
    b = await lab.node('b')
    lab.connect(a, m, '192.0.2', 1600)
    lab.connect(m, b, '198.51.100', 1600)
    await Promise.all([meet(a, m, 'am', '192.0.2'), meet(m, b, 'mb', '198.51.100')])
    // `h` to `h` by a relay; `one` to `two` by the virtual router `r`, all on the same underlay
    await m.trellis.do(
      ...[...join('relayed', tunnel('am', 21), tunnel('mb', 22)), owner(), ...host('r', true)],
      ...[...port('r', 'vr1', 0x11), ...port('r', 'vr2', 0x12, { name: 'eth1' })],
      ...[...join('first', device('vr1'), tunnel('am', 31)), ...join('second', device('vr2'), tunnel('mb', 32))],
    )
    for (const [node, way, n, key] of [
      [a, 'am', 1, 31],
      [b, 'mb', 2, 32],
    ] as const) {
      const own = { name: 'eth0' }
      await node.trellis.do(
        ...[owner(), ...host('h'), ...port('h', 'v', n), ...join('relayed', device('v'), tunnel(way, key - 10))],
        ...[...host('t'), ...port('t', 'vt', n + 0x20, own), ...join('routed', device('vt'), tunnel(way, key))],
      )
      node.host('t', 'ip', 'address', 'replace', `10.${n}.0.2/24`, 'dev', 'eth0')
      node.host('t', 'ip', 'route', 'replace', 'default', 'via', `10.${n}.0.1`)
      m.host('r', 'ip', 'address', 'replace', `10.${n}.0.1/24`, 'dev', `eth${n - 1}`)
    }
  })
  beforeEach(async () => {
    m.run('ip', 'link', 'set', 'u-b', 'mtu', '1600')
    await m.trellis.one({ op: 'observe' })
    for (const [node, name] of [
      [a, 'h'],
      [a, 't'],
      [m, 'r'],
    ] as const)
      node.host(name, 'ip', 'route', 'flush', 'cache')
  })
  afterAll(() => lab.end())

  test('a relay tells the sender, through the tunnel it came by', async () => {
    expect(ping(a, 'h', '10.0.0.2', 1472)).toMatchObject({ code: 0 })
    m.run('ip', 'link', 'set', 'u-b', 'mtu', `${NARROW}`)
    await sleep(100)
    expect(ping(a, 'h', '10.0.0.2', 1472).stdout).toContain('Frag needed and DF set (mtu = 1300)')
    expect(ping(a, 'h', 'fd00::2', 1452).stdout).toContain('Packet too big: mtu=1300')
    expect(ping(a, 'h', '10.0.0.2', 1272)).toMatchObject({ code: 0 })
    expect((await stats(m)).tunnels.find((t) => t.key === 21)?.drops['path-mtu']).toBeGreaterThan(0)
  })

  test.each([
    ['a relay', 'h', '10.0.0.2'],
    ['a virtual router', 't', '10.2.0.2'],
  ])('TCP over %s goes on with every byte', async (_, name, address) => {
    const [sent, got] = await transferWhile([a, name], [b, name], address, async () => {
      await sleep(20)
      m.run('ip', 'link', 'set', 'u-b', 'mtu', `${NARROW}`)
    })
    expect(sent).toMatch(/^60000000 [0-9a-f]{64}$/)
    expect(got).toBe(sent)
  })
})

describe.each([
  { version: 4, left: '192.0.2', right: '198.51.100', narrow: 1342, inner: 1300 },
  { version: 6, left: '2001:db8:1', right: '2001:db8:2', narrow: 1362, inner: 1300 },
])('a router of the underlay, IPv$version', ({ version, left, right, narrow, inner }) => {
  const lab = new Lab()
  let a: LabNode
  let r: LabNode
  let b: LabNode
  const end = (network: string, n: number) => `${network}${version === 6 ? '::' : '.'}${n}`

  beforeAll(async () => {
    a = await lab.node('a')
    r = await lab.node('r')
    b = await lab.node('b')
    lab.connect(a, r, left, 1562)
    lab.connect(r, b, right, 1562)
    r.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1')
    a.run('ip', 'route', 'add', `${end(right, 0)}/${version === 6 ? 64 : 24}`, 'via', end(left, 2))
    b.run('ip', 'route', 'add', `${end(left, 0)}/${version === 6 ? 64 : 24}`, 'via', end(right, 1))
    for (const [node, from, to, n] of [
      [a, end(left, 1), end(right, 2), 1],
      [b, end(right, 2), end(left, 1), 2],
    ] as const) {
      await node.trellis.do(underlay('far', from, to, 1562), owner(), ...host('h'), ...port('h', 'v', n))
      await node.trellis.do(underlay('far', from, to, 1562), ...join('l', device('v'), tunnel('far', 7)))
    }
  })
  afterAll(() => lab.end())

  test('what it says is believed, and passed on to who sends', async () => {
    expect(ping(a, 'h', '10.0.0.2', 1472)).toMatchObject({ code: 0 })
    r.run('ip', 'link', 'set', 'u-b', 'mtu', `${narrow}`)
    expect(ping(a, 'h', '10.0.0.2', 1472, '-W0.3').code).not.toBe(0) // the router says so
    await sleep(100)
    expect(await pathMtu(a)).toEqual({ far: [1562, narrow] })
    expect(ping(a, 'h', '10.0.0.2', 1472).stdout).toContain(`Frag needed and DF set (mtu = ${inner})`)
    expect(ping(a, 'h', '10.0.0.2', inner - 28)).toMatchObject({ code: 0 })
  })

  test.skipIf(version === 6)('a stranger who does not know the key is not believed, and counted', async () => {
    const mac = a.run('cat', '/sys/class/net/u-r/address').trim()
    const forge = (key: number, mtu: number) => {
      const quoted = ip({ from: '192.0.2.1', to: '198.51.100.2', protocol: 47, payload: gre({ key }) })
      const body = `${mtu.toString(16).padStart(8, '0')}${quoted}`
      return ethernet({
        ...{ to: mac, from: '02:00:00:00:00:99' },
        payload: ip({ from: '192.0.2.2', to: '192.0.2.1', protocol: 1, payload: withSum(`0304`, body) }),
      })
    }
    const send = (key: number, mtu: number) =>
      r.trellis.do({ op: 'test.send', interface: 'u-a', packet: forge(key, mtu) })
    await send(8, 700)
    await sleep(50)
    expect((await stats(a)).node.drops['path-error']).toBe(1)
    expect(await pathMtu(a)).toEqual({ far: [1562, narrow] })
    await send(7, 700)
    await sleep(50)
    expect(await pathMtu(a)).toEqual({ far: [1562, 700] })
    await send(7, 100) // nobody takes less than 576
    await sleep(50)
    expect(await pathMtu(a)).toEqual({ far: [1562, 576] })
  })
})

/** ICMP with its sum (RFC 1071) between type and body. */
function withSum(type: string, body: string): string {
  const words = `${type}0000${body}`.match(/.{4}/g) ?? []
  let sum = words.reduce((total, word) => total + Number.parseInt(word, 16), 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return `${type}${(~sum & 0xffff).toString(16).padStart(4, '0')}${body}`
}
