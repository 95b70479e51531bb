// Two paths, one behaviour: a slice with a router and a relay, by the tc path and by the fast path.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exchange,
  fastState,
  forwardedByKernel,
  KEYS,
  makeRoutedSlice,
  type RoutedSlice,
  turnOn,
  until,
} from './routed-slice'

interface Count {
  packets: number
  bytes: number
}
interface Stats {
  virtual: { device: string; in: Count; out: Count }[]
  tunnels: { key: number; in: Count; out: Count }[]
}

describe.each(['tc', 'learnt', 'fast'] as const)('the %s path', (which) => {
  let slice: RoutedSlice
  const h1 = () => [slice.s, 'h1'] as const
  const h2 = () => [slice.d, 'h2'] as const
  const ping = (...options: string[]) => slice.s.host('h1', 'ping', '-q', '-i0.02', '-W2', ...options)

  beforeAll(async () => {
    slice = await makeRoutedSlice()
    if (which !== 'tc') await turnOn(slice, undefined, which)
  })
  afterAll(() => slice.lab.end())

  test('IPv4 and IPv6 ping through the router', () => {
    expect(ping('-c3', '10.2.0.2')).toMatchObject({ code: 0 })
    expect(ping('-6', '-c3', 'fd02::2')).toMatchObject({ code: 0 })
  })

  test('the router itself answers', () => {
    expect(ping('-c2', '10.1.0.1')).toMatchObject({ code: 0 })
    expect(ping('-c2', '10.2.0.1')).toMatchObject({ code: 0 })
    expect(ping('-6', '-c2', 'fd01::1')).toMatchObject({ code: 0 })
  })

  test('ARP finds next hops anew', () => {
    slice.m.host('r', 'ip', 'neighbour', 'flush', 'all')
    slice.s.host('h1', 'ip', 'neighbour', 'flush', 'all')
    expect(ping('-c2', '10.2.0.2')).toMatchObject({ code: 0 })
  })

  test('fragments, and the largest packet that needs none', () => {
    expect(ping('-c2', '-s', '8000', '10.2.0.2')).toMatchObject({ code: 0 })
    expect(ping('-6', '-c2', '-s', '8000', 'fd02::2')).toMatchObject({ code: 0 })
    expect(ping('-c2', '-s', '1472', '-M', 'do', '10.2.0.2')).toMatchObject({ code: 0 })
  })

  test('a TTL that ends at the router is answered by it', () => {
    const { stdout } = slice.s.host('h1', 'ping', '-c1', '-W2', '-t1', '10.2.0.2')
    expect(stdout).toContain('From 10.1.0.1')
    expect(stdout).toContain('Time to live exceeded')
  })

  test('TCP carries the same bytes, each way, over IPv4 and IPv6', async () => {
    for (const [from, to, address] of [
      [h1(), h2(), '10.2.0.2'],
      [h2(), h1(), '10.1.0.2'],
      [h1(), h2(), 'fd02::2'],
    ] as const) {
      const [sent, received] = await exchange('transfer', from, to, address, 4_000_000)
      expect(sent).toMatch(/^4000000 [0-9a-f]{64}$/)
      expect(received).toBe(sent)
    }
  })

  test('UDP arrives whole, each way, over IPv4 and IPv6, by the path that is meant', async () => {
    const before = forwardedByKernel(slice)
    for (const [from, to, address] of [
      [h1(), h2(), '10.2.0.2'],
      [h2(), h1(), '10.1.0.2'],
      [h1(), h2(), 'fd02::2'],
      [h2(), h1(), 'fd01::2'],
    ] as const) {
      const [sent, received] = await exchange('datagrams', from, to, address, 1000)
      expect(sent).toMatch(/^1000 /)
      expect(received).toBe(sent)
    }
    const byKernel = forwardedByKernel(slice) - before
    if (which === 'tc') expect(byKernel).toBeGreaterThanOrEqual(4000)
    else expect(byKernel).toBeLessThan(400) // now and then one, so that next hops are asked whether they are there
  })

  test('a relayed link carries the same bytes', async () => {
    const [sent, received] = await exchange('transfer', [slice.s, 'x1'], [slice.d, 'x2'], '10.8.0.2', 4_000_000)
    expect(received).toBe(sent)
  })

  test('a path with a smaller MTU says so, and TCP finds through', async () => {
    slice.m.host('r', 'ip', 'link', 'set', 'out', 'mtu', '1400')
    try {
      const { stdout } = slice.s.host('h1', 'ping', '-c1', '-W2', '-s', '1472', '-M', 'do', '10.2.0.2')
      expect(stdout).toMatch(/From 10\.1\.0\.1.*mtu ?=? ?1400/)
      const [sent, received] = await exchange('transfer', h1(), h2(), '10.2.0.2', 1_000_000)
      expect(received).toBe(sent)
    } finally {
      slice.m.host('r', 'ip', 'link', 'set', 'out', 'mtu', '1500')
    }
  })

  test('counters agree along the way', async () => {
    const read = async () => {
      const of = async (node: typeof slice.m) => (await node.trellis.one({ op: 'stats' })) as unknown as Stats
      const [s, m, d] = [await of(slice.s), await of(slice.m), await of(slice.d)]
      const tunnel = (stats: Stats, key: number) => stats.tunnels.find((t) => t.key === key)
      const device = (stats: Stats, name: string) => stats.virtual.find((v) => v.device === name)
      const way = [
        tunnel(s, KEYS.in)?.out,
        tunnel(m, KEYS.in)?.in,
        device(m, 'vi')?.out,
        device(m, 'vo')?.in,
        tunnel(m, KEYS.out)?.out,
        tunnel(d, KEYS.out)?.in,
        device(d, 'v2')?.out,
      ]
      return way.map((count) => ({ packets: count?.packets ?? 0, bytes: count?.bytes ?? 0 }))
    }
    const before = await read()
    const [sent] = await exchange('datagrams', h1(), h2(), '10.2.0.2', 1000)
    expect(sent).toMatch(/^1000 /)
    const after = await read()
    const moved = after.map((count, i) => count.packets - (before[i]?.packets ?? 0))
    for (const packets of moved) {
      expect(packets).toBeGreaterThanOrEqual(1001)
      expect(packets).toBeLessThan(1030) // neighbours ask for each other meanwhile
    }
    const octets = after.map((count, i) => count.bytes - (before[i]?.bytes ?? 0))
    for (const bytes of octets) expect(Math.abs(bytes - (octets[0] ?? 0))).toBeLessThan(3000)
  })
})

describe.each(['learnt', 'fast'] as const)('the %s path steps aside', (which) => {
  let slice: RoutedSlice
  const fastTest = test.runIf(which === 'fast')
  const udp = async () => {
    const before = forwardedByKernel(slice)
    const [sent, received] = await exchange('datagrams', [slice.s, 'h1'], [slice.d, 'h2'], '10.2.0.2', 400)
    expect(received).toBe(sent)
    return forwardedByKernel(slice) - before
  }
  const blocked = (reason: string | null) =>
    until(
      () => fastState(slice),
      ({ hosts }) => (reason === null ? hosts[0]?.blocked.length === 0 : hosts[0]?.blocked.includes(reason) === true),
    )
  const r = (...argv: string[]) => expect(slice.m.host('r', ...argv)).toMatchObject({ code: 0 })

  beforeAll(async () => {
    slice = await makeRoutedSlice()
    await turnOn(slice, undefined, which)
    expect(await udp()).toBeLessThan(100)
  })
  afterAll(() => slice.lab.end())

  test.each([
    ['queues', ['tc', 'qdisc', 'add', 'dev', 'out', 'root', 'pfifo'], ['tc', 'qdisc', 'del', 'dev', 'out', 'root']],
    ['filter', ['sysctl', '-qw', 'net.ipv4.conf.in.rp_filter=1'], ['sysctl', '-qw', 'net.ipv4.conf.in.rp_filter=0']],
  ])('where %s of the router want to see packets', async (reason, set, unset) => {
    r(...set)
    await blocked(reason)
    expect(await udp()).toBeGreaterThanOrEqual(400)
    r(...unset)
    await blocked(null)
    expect(await udp()).toBeLessThan(100)
  })

  test('where somebody captures in the router, who then sees all', async () => {
    const tcpdump = spawn(
      ...slice.m.insideHost('r', ['tcpdump', '-nnlp', '-Z', 'root', '-i', 'out', 'udp port 5003']),
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let out = ''
    tcpdump.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    await blocked('capture')
    expect(await udp()).toBeGreaterThanOrEqual(400)
    await until(
      () => out.split('\n').length,
      (lines) => lines > 400,
    )
    const closed = once(tcpdump, 'close')
    slice.m.kill('INT', 'tcpdump')
    await closed
    await blocked(null)
  })

  fastTest('where the underlay shapes, as what is reserved for others must be kept', async () => {
    slice.m.run('tc', 'qdisc', 'add', 'dev', 'u-d', 'root', 'handle', '1:', 'htb')
    const out = async () => (await fastState(slice)).underlays.find((u) => u.underlay === 'md')?.out
    await until(out, (value) => value === false)
    expect(await udp()).toBeGreaterThanOrEqual(400)
    slice.m.run('tc', 'qdisc', 'del', 'dev', 'u-d', 'root')
    await until(out, (value) => value === true)
    expect(await udp()).toBeLessThan(100)
  })

  test('where nobody listens: a killed trellis leaves no stale route', async () => {
    slice.m.host('r', 'ip', 'route', 'replace', '10.9.0.1', 'via', '10.2.0.2')
    slice.m.kill('KILL', 'listen')
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await udp()).toBeGreaterThanOrEqual(400)
    await turnOn(slice, undefined, which) // starts another
    expect(await udp()).toBeLessThan(100)
  })

  test('a device that is gone takes nothing with it', async () => {
    slice.d.run('ip', 'link', 'set', 'u-m', 'down')
    const { code } = slice.s.host('h1', 'ping', '-c1', '-W1', '10.2.0.2')
    expect(code).not.toBe(0)
    slice.d.run('ip', 'link', 'set', 'u-m', 'up')
    await udp() // neighbours are asked for again
    expect(await udp()).toBeLessThan(100)
    await slice.m.trellis.do({ op: 'device.delete', devices: ['va'] })
    expect(await udp()).toBeLessThan(100)
  })

  test('a host that is let go leaves nothing', async () => {
    await slice.m.trellis.do({ op: 'fast.delete', namespace: 'r' })
    expect(await udp()).toBeGreaterThanOrEqual(400)
    expect((await fastState(slice)).hosts).toEqual([])
    await turnOn(slice, ['vi', 'vo'], which)
    await slice.m.trellis.do({ op: 'namespace.delete', namespace: 'r' })
    expect((await fastState(slice)).hosts).toEqual([])
    const { devices } = (await slice.m.trellis.one({ op: 'observe' })) as unknown as { devices: unknown[] }
    expect(devices).toEqual([])
  })
})
