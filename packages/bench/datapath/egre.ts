// Virtual networks on the middle node: each a router between a tunnel that packets come in by and one they leave by.
import { execFileSync } from 'node:child_process'
import { z } from 'zod'
import { RUN } from '../../../kernel/tests/lab'
import { ethernet, gre, ip } from '../../../kernel/tests/packets'
import { device, join, tunnel, underlay } from '../../../kernel/tests/parts'
import type { Op } from '../../../kernel/tests/trellis'
import { smallest } from './baselines'
import { benchBinary, type Subject } from './forward'
import { IN, type Line, makeLine, OUT } from './line'

const INNER = { source: '10.1.0.2', destination: '10.2.0.2' }
const hex = (n: number, octets: number) => n.toString(16).padStart(octets * 2, '0')
const mac = (slice: number, interface_: number) =>
  `02:00:${hex(slice >> 8, 1)}:${hex(slice & 255, 1)}:00:0${interface_}`

const inKey = (slice: number) => 0x10000 + slice
const outKey = (slice: number) => 0x20000 + slice

export function routerOps(slices: readonly number[]): Op[] {
  const host = (slice: number) => `r${slice}`
  const interfaces = slices.flatMap((slice) => [
    { slice, name: 'in', dev: `i${slice}`, n: 1, key: inKey(slice), underlay: 'in' },
    { slice, name: 'out', dev: `o${slice}`, n: 2, key: outKey(slice), underlay: 'out' },
  ])
  return [
    { op: 'owner.create', owner: 'slice', uidBase: 100_000, uidCount: 65_536 },
    ...slices.map((slice) => ({ op: 'namespace.create', namespace: host(slice), owner: 'slice' })),
    ...interfaces.map(({ slice, name, dev, n }) => ({
      ...{ op: 'veth.create', device: dev, namespace: host(slice), interface: name },
      ...{ mac: mac(slice, n), mtuBytes: 1500, mark: `myvini-${dev}` },
    })),
    ...interfaces.map(({ slice, name, dev, n }) => ({
      ...{ op: 'veth.configure', device: dev, namespace: host(slice), interface: name, mtuBytes: 1500 },
      ...{ addresses: [`10.${n}.0.1/24`], alias: 'done' },
    })),
    ...slices.map((slice) => ({
      ...{ op: 'namespace.configure', namespace: host(slice), forwarding: true, loopback: [], routes: [] },
    })),
    ...interfaces.flatMap(({ slice, dev, key, underlay }) =>
      join(`l${slice}${dev[0]}`, device(dev), tunnel(underlay, key)),
    ),
  ]
}

/** What arrives for router `slice`: a smallest frame on its way through. */
export const packetFor = (line: Line, slice: number) =>
  ethernet({
    to: line.mac.middle,
    from: line.mac.source,
    payload: ip({
      ...{ from: `${IN}.1`, to: `${IN}.2`, protocol: 47 },
      payload: gre({
        key: inKey(slice),
        payload: smallest(mac(slice, 1), '02:ff:00:00:00:01', INNER.source, INNER.destination),
      }),
    }),
  })

/** So that each router has a next hop that need not answer. */
export function knowNextHops({ middle }: Line, slices: readonly number[]): void {
  const files = slices.map((slice) => `/proc/${middle.pid}/root${RUN}/netns/r${slice}\n`).join('')
  execFileSync(benchBinary('know'), [INNER.destination, '02:ff:00:00:00:02', 'out'], { input: files })
}

export async function routers(count: number): Promise<Subject> {
  const line = await makeLine()
  const { middle } = line
  const slices = Array.from({ length: count }, (_, i) => i + 1)
  await middle.trellis.do(underlay('in', `${IN}.2`, `${IN}.1`), underlay('out', `${OUT}.1`, `${OUT}.2`))
  await middle.trellis.do(...routerOps(slices))
  knowNextHops(line, slices)
  return { line, packets: slices.map((s) => packetFor(line, s)), sink: 'tc', end: () => line.lab.end() }
}

/** One router on the tc path, where no flow is kept: every packet goes through the router's kernel. */
export const tcUncached = () => routers(1)

const portsOf = (slice: number) => [`i${slice}`, `o${slice}`]

/** Routers on the tc path whose flows are learnt from what their kernels do, as on every node by default. */
export async function learnFlows({ line }: { line: Line }, slices: readonly number[]): Promise<void> {
  await line.middle.trellis.do(
    ...slices.map((s) => ({ op: 'fast.set', namespace: `r${s}`, devices: portsOf(s), xdp: false })),
  )
  await ready(line, slices.length)
}

/** One router, on the tc path. */
export async function tc(): Promise<Subject> {
  const subject = await routers(1)
  await learnFlows(subject, [1])
  return subject
}

/** ... on the fast path: at the underlay, and inside each router. Sinks count frames, which never become packets. */
export async function fastRouters(count: number): Promise<Subject> {
  const subject = await routers(count)
  const { trellis } = subject.line.middle
  await trellis.do(
    ...['in', 'out'].map((name) => ({ op: 'fast.underlay', underlay: name, mode: 'on' })),
    ...Array.from({ length: count }, (_, i) => ({
      ...{ op: 'fast.set', namespace: `r${i + 1}`, devices: portsOf(i + 1), xdp: true },
    })),
  )
  await ready(subject.line, count)
  return { ...subject, sink: 'xdp' }
}

/** A node in the middle of a link: one tunnel into the next, on the fast path. */
export async function relay(): Promise<Subject> {
  const line = await makeLine()
  await line.middle.trellis.do(
    ...[underlay('in', `${IN}.2`, `${IN}.1`), underlay('out', `${OUT}.1`, `${OUT}.2`)],
    ...join('relayed', tunnel('in', inKey(1)), tunnel('out', outKey(1))),
    ...['in', 'out'].map((name) => ({ op: 'fast.underlay', underlay: name, mode: 'on' })),
  )
  return { line, packets: [packetFor(line, 1)], sink: 'xdp', end: () => line.lab.end() }
}

const Seen = z.object({
  fast: z.object({ listening: z.boolean(), hosts: z.array(z.object({ blocked: z.array(z.string()) })) }),
})

/** Until somebody listens for changes in every router. */
async function ready({ middle }: Line, count: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { fast } = Seen.parse(await middle.trellis.one({ op: 'observe' }))
    if (fast.listening && fast.hosts.filter((h) => h.blocked.length === 0).length === count) return
    if (tries === 199) throw new Error(`the fast path does not start: ${JSON.stringify(fast).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A flow is kept once learnt. */
export const xdp = () => fastRouters(1)

/** Every packet asks the router's routes: this setting keeps flows from being kept, and makes no difference else. */
export async function xdpUncached(): Promise<Subject> {
  const subject = await fastRouters(1)
  subject.line.middle.host('r1', 'sysctl', '-qw', 'net.ipv4.fib_multipath_hash_policy=1')
  await new Promise((resolve) => setTimeout(resolve, 500)) // until it is noticed
  return subject
}
