// A slice with a router in the middle: h1 on node s, r on m, h2 on d; and a link that m only relays, from x1 to x2.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Lab, type LabNode } from './lab'
import { device, host, join, owner, tunnel, underlay } from './parts'
import type { Op } from './trellis'

export const KEYS = { in: 1, out: 2, alternative: 3, relayIn: 11, relayOut: 12 } as const

export interface RoutedSlice {
  lab: Lab
  s: LabNode
  m: LabNode
  d: LabNode
}

function port(namespace: string, dev: string, name: string, last: number, addresses: string[]): Op[] {
  const common = { device: dev, namespace, interface: name, mtuBytes: 1500 }
  const mac = `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`
  return [
    { op: 'veth.create', ...common, mac, mark: `myvini-${dev}` },
    { op: 'veth.configure', ...common, addresses, alias: 'done' },
  ]
}

const route = (to: string, via: string, name: string) => ({ to, via, interface: name })

export async function makeRoutedSlice(): Promise<RoutedSlice> {
  const lab = new Lab()
  const [s, m, d] = [await lab.node('s'), await lab.node('m'), await lab.node('d')]
  lab.connect(s, m, '192.0.2')
  lab.connect(m, d, '198.51.100')
  for (const [node, dev] of [
    [s, 'u-m'],
    [m, 'u-s'],
    [m, 'u-d'],
    [d, 'u-m'],
  ] as const) {
    // A wire carries whole packets with their checksums; a veth would leave that to whoever reads them.
    node.run('ethtool', '-K', dev, 'tx', 'off')
    node.run('ethtool', '-K', dev, 'gro', 'on')
  }
  await Promise.all([
    s.trellis.do(underlay('sm', '192.0.2.1', '192.0.2.2')),
    m.trellis.do(underlay('sm', '192.0.2.2', '192.0.2.1'), underlay('md', '198.51.100.1', '198.51.100.2')),
    d.trellis.do(underlay('md', '198.51.100.2', '198.51.100.1')),
  ])
  await s.trellis.do(
    ...[owner(), ...host('h1')],
    ...[...host('x1'), ...port('h1', 'v1', 'eth0', 1, ['10.1.0.2/24', 'fd01::2/64'])],
    ...port('x1', 'w1', 'eth0', 8, ['10.8.0.1/24']),
    ...join('in', device('v1'), tunnel('sm', KEYS.in)),
    ...join('relayed', device('w1'), tunnel('sm', KEYS.relayIn)),
    ...host('h1', false, [route('default', '10.1.0.1', 'eth0'), route('fd00::/8', 'fd01::1', 'eth0')]).slice(1),
  )
  await m.trellis.do(
    ...[owner(), ...host('r', true)],
    ...port('r', 'vi', 'in', 0x11, ['10.1.0.1/24', 'fd01::1/64']),
    ...port('r', 'vo', 'out', 0x12, ['10.2.0.1/24', 'fd02::1/64']),
    ...port('r', 'va', 'alt', 0x13, ['10.3.0.1/24']),
    ...join('in', device('vi'), tunnel('sm', KEYS.in)),
    ...join('out', device('vo'), tunnel('md', KEYS.out)),
    ...join('alternative', device('va'), tunnel('md', KEYS.alternative)),
    ...join('relayed', tunnel('sm', KEYS.relayIn), tunnel('md', KEYS.relayOut)),
  )
  await d.trellis.do(
    ...[owner(), ...host('h2'), ...host('x2'), ...port('h2', 'v2', 'eth0', 2, ['10.2.0.2/24', 'fd02::2/64'])],
    ...[...port('h2', 'v3', 'eth1', 3, ['10.3.0.2/24']), ...port('x2', 'w2', 'eth0', 9, ['10.8.0.2/24'])],
    ...join('out', device('v2'), tunnel('md', KEYS.out)),
    ...join('alternative', device('v3'), tunnel('md', KEYS.alternative)),
    ...join('relayed', device('w2'), tunnel('md', KEYS.relayOut)),
  )
  d.host('h2', 'ip', 'route', 'add', 'default', 'via', '10.2.0.1')
  d.host('h2', 'ip', '-6', 'route', 'add', 'fd00::/8', 'via', 'fd02::1')
  d.host('h2', 'ip', 'address', 'add', '10.9.0.1/32', 'dev', 'lo')
  m.host('r', 'ip', 'route', 'add', '10.9.0.1', 'via', '10.2.0.2')
  return { lab, s, m, d }
}

interface Fast {
  listening: boolean
  hosts: { namespace: string; devices: string[]; blocked: string[]; xdp: boolean; cached: boolean }[]
  underlays: { underlay: string; mode: string; in: boolean; out: boolean }[]
}

export const fastState = async ({ m }: RoutedSlice) => (await m.trellis.one({ op: 'observe' })).fast as unknown as Fast

/** Waits until it holds; a listener may be late on a busy machine, but not for ever. */
export async function until<T>(ask: () => Promise<T> | T, holds: (value: T) => boolean, ms = 5000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)} after ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** `learnt`: on the tc path, from what the router's kernel does; `fast`: by XDP. */
export async function turnOn(
  slice: RoutedSlice,
  devices = ['vi', 'vo', 'va'],
  way: 'learnt' | 'fast' = 'fast',
): Promise<void> {
  const xdp = way === 'fast'
  await slice.m.trellis.do(
    ...['sm', 'md'].map((underlay) => ({ op: 'fast.underlay', underlay, mode: xdp ? 'on' : 'off' })),
    { op: 'fast.set', namespace: 'r', devices, xdp },
  )
  await until(
    () => fastState(slice),
    (fast) => fast.listening && fast.hosts[0]?.blocked.length === 0,
  )
}

/** Packets that r's kernel has passed on itself. */
export function forwardedByKernel({ m }: RoutedSlice): number {
  const lines = m.host('r', 'cat', '/proc/net/snmp').stdout.split('\n')
  const [names, values] = lines.filter((line) => line.startsWith('Ip:')).map((line) => line.split(' '))
  const v6 = /Ip6OutForwDatagrams\s+(\d+)/.exec(m.host('r', 'cat', '/proc/net/snmp6').stdout)?.[1]
  return Number(values?.[names?.indexOf('ForwDatagrams') ?? -1]) + Number(v6 ?? 0)
}

export async function exchange(
  program: 'transfer' | 'datagrams',
  [from, fromHost]: readonly [LabNode, string],
  [to, toHost]: readonly [LabNode, string],
  address: string,
  amount: number,
): Promise<[string, string]> {
  const script = path.join(import.meta.dirname, `${program}.mjs`)
  const server = spawn(...to.insideHost(toHost, [process.execPath, script, 'receive', address]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    server.stdout.setEncoding('utf8')
    await once(server.stdout, 'data') // it listens
    const received = once(server.stdout, 'data')
    const sender = spawn(...from.insideHost(fromHost, [process.execPath, script, 'send', address, `${amount}`]), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [sent] = await once(sender.stdout.setEncoding('utf8'), 'data')
    const [digest] = await received
    return [String(sent).trim(), String(digest).trim()]
  } finally {
    server.kill('SIGKILL')
  }
}
