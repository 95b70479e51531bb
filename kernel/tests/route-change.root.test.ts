// How soon is a route that changed in a router's own tables what packets follow, whoever changed it? From the kernel's word
// that it has changed to the last packet by the old one, on either path that remembers flows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ethernet, gre, ip } from './packets'
import { KEYS, makeRoutedSlice, type RoutedSlice, turnOn, until } from './routed-slice'

const FRR = '/usr/lib/frr'
const hasFrr = existsSync(`${FRR}/zebra`) && existsSync(`${FRR}/staticd`)

const FAR = '10.9.0.1'
const WAYS = [
  { key: KEYS.out, via: '10.2.0.2' },
  { key: KEYS.alternative, via: '10.3.0.2' },
] as const
const MOST_MS = 10

describe.each(['learnt', 'fast'] as const)('on the %s path', (which) => {
  let slice: RoutedSlice
  let packet: string
  const inner = ethernet({
    ...{ to: '02:00:00:00:00:11', from: '02:00:00:00:00:01' },
    payload: ip({ from: '10.1.0.2', to: FAR, payload: '03e803e800080000' }),
  })
  const r = (...argv: string[]) => slice.m.host('r', ...argv)

  beforeAll(async () => {
    slice = await makeRoutedSlice()
    await turnOn(slice, undefined, which)
    const mac = (node: typeof slice.m, dev: string) => node.run('cat', `/sys/class/net/${dev}/address`).trim()
    const payload = gre({ key: KEYS.in, payload: inner })
    packet = ethernet({
      ...{ to: mac(slice.m, 'u-s'), from: mac(slice.s, 'u-m') },
      payload: ip({ from: '192.0.2.1', to: '192.0.2.2', protocol: 47, payload }),
    })
    for (const { via } of WAYS) expect(r('ping', '-c1', '-W2', via)).toMatchObject({ code: 0 }) // next hops are known
  })
  afterAll(() => slice.lab.end())

  /** The key it would be sent on with, without asking its router; null when it asks. */
  async function keyNow(): Promise<number | null> {
    const program = which === 'fast' ? 'fast_underlay' : 'from_underlay'
    const [result] = await slice.m.trellis.do({ op: 'test.run', program, device: 'u-s', packet })
    const out = String(result?.packet)
    // An outer header of another link than the one it came by; else it is as it came, or without one.
    const key = out.length === packet.length ? Number.parseInt(out.slice(76, 84), 16) : KEYS.in
    return key === KEYS.in ? null : key
  }
  const learn = (key: number) =>
    until(
      async () => {
        await slice.s.trellis.do({ op: 'test.send', namespace: 'h1', interface: 'eth0', packet: inner })
        return keyNow()
      },
      (now) => now === key,
    )

  /** Milliseconds from the kernel's notice to the first packet that does not take the old way; `change` sets the new one. */
  async function lateness(from: number, change: () => void): Promise<number> {
    await learn(from)
    const monitor = spawn(...slice.m.insideHost('r', ['ip', '-o', 'monitor', 'route']), {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await new Promise((resolve) => setTimeout(resolve, 150)) // it says nothing when it is ready
    await learn(from)
    const told = once(monitor.stdout, 'data')
    change()
    await told
    const start = performance.now()
    await until(keyNow, (key) => key !== from)
    const late = performance.now() - start
    slice.m.kill('KILL', 'monitor')
    return late
  }

  async function measure(change: (to: (typeof WAYS)[number], from: (typeof WAYS)[number]) => void): Promise<void> {
    const late: number[] = []
    for (let round = 0; round < 6; round++) {
      const [from, to] = round % 2 === 0 ? [WAYS[0], WAYS[1]] : [WAYS[1], WAYS[0]]
      late.push(await lateness(from.key, () => change(to, from)))
      await learn(to.key) // what follows takes the new way
    }
    expect(late.toSorted((a, b) => a - b)[2]).toBeLessThan(MOST_MS)
  }

  test('a route changed by hand is followed within 10 ms', () =>
    measure(({ via }) => {
      expect(r('ip', 'route', 'replace', FAR, 'via', via)).toMatchObject({ code: 0 })
    }))

  test('a route changed by FRR is followed within 10 ms', async ({ skip }) => {
    skip(!hasFrr, `FRR is not installed: ${FRR} has no zebra and staticd`)
    r('ip', 'route', 'del', FAR)
    slice.m.run('mkdir', '/run/frr', '/run/frr-config')
    slice.m.run('chown', 'frr:frr', '/run/frr') // its daemons run as this user
    slice.m.run('touch', '/run/frr-config/vtysh.conf')
    const daemon = (name: string, ...more: string[]) =>
      expect(
        r(
          ...[`${FRR}/${name}`, '-d', '-f', '/dev/null', '-i', `/run/frr/${name}.pid`],
          ...['-z', '/run/frr/zserv.api', '--vty_socket', '/run/frr', ...more],
        ),
      ).toMatchObject({ code: 0 })
    daemon('zebra')
    daemon('staticd')
    const configure = (...lines: string[]) => {
      const commands = ['configure terminal', ...lines].flatMap((line) => ['-c', line])
      const done = r('vtysh', '--vty_socket', '/run/frr', '--config_dir', '/run/frr-config', ...commands)
      expect(done, done.stderr).toMatchObject({ code: 0 })
    }
    configure(`ip route ${FAR}/32 ${WAYS[0].via}`)
    await until(
      () => r('ip', 'route', 'show', FAR).stdout,
      (shown) => shown.includes(`via ${WAYS[0].via}`) && shown.includes('proto static'),
    )
    await measure((to, from) => configure(`ip route ${FAR}/32 ${to.via}`, `no ip route ${FAR}/32 ${from.via}`))
  })
})
