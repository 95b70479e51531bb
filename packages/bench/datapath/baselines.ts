// What is the datapath compared with? Ways of forwarding that are not ours, on the same line, with the same generator.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { RUN } from '../../../kernel/tests/lab'
import { ethernet, ip } from '../../../kernel/tests/packets'
import { benchBinary, CPU, type Subject } from './forward'
import { IN, type Line, makeLine, OUT } from './line'

/** UDP, 60 octets with the Ethernet header: the least a frame can be. */
export const smallest = (to: string, from: string, source: string, destination: string) =>
  ethernet({ to, from, payload: ip({ from: source, to: destination, payload: '03e803e8001a0000'.padEnd(52, '0') }) })

/** The kernel of the middle node itself forwards; no virtual network at all. */
export async function native(): Promise<Subject> {
  const line = await makeLine()
  line.middle.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  return {
    line,
    packets: [smallest(line.mac.middle, line.mac.source, `${IN}.1`, `${OUT}.2`)],
    sink: 'tc',
    end: () => line.lab.end(),
  }
}

/** An XDP program of the middle node forwards by its routes (kernel/bench/generate.bpf.c); no virtual network at all. */
export async function xdpForward(): Promise<Subject> {
  const subject = await native()
  const object = benchBinary('generate.bpf.o')
  subject.line.middle.run('ip', 'link', 'set', 'dev', 'u-s', 'xdpdrv', 'object', object, 'program', 'forward')
  return { ...subject, sink: 'xdp' }
}

/** Of the router in the comparisons below. */
const ROUTER = { mac: '02:00:00:01:00:01', source: '10.1.0.2', destination: '10.2.0.2' }
const BEYOND = '02:ff:00:00:00:02'
const inner = () => smallest(ROUTER.mac, '02:ff:00:00:00:01', ROUTER.source, ROUTER.destination)

const hex = (n: number, octets: number) => n.toString(16).padStart(octets * 2, '0')
const udp = (port: number, payload: string, from = 0xc000) =>
  `${hex(from, 2)}${hex(port, 2)}${hex(8 + payload.length / 2, 2)}0000${payload}`

const arriving = (line: Line, port: number, payload: string, from?: number) =>
  ethernet({
    ...{ to: line.mac.middle, from: line.mac.source },
    payload: ip({ from: `${IN}.1`, to: `${IN}.2`, payload: udp(port, payload, from) }),
  })

/** A router namespace on the middle node, its interfaces `in` and `out` still to be made. */
async function makeRouter(line: Line): Promise<void> {
  await line.middle.trellis.do(
    { op: 'owner.create', owner: 'slice', uidBase: 100_000, uidCount: 65_536 },
    { op: 'namespace.create', namespace: 'r', owner: 'slice' },
    { op: 'namespace.configure', namespace: 'r', forwarding: true, loopback: [], routes: [] },
  )
}

function configureRouter({ middle }: Line): void {
  for (const [n, name] of [
    [1, 'in'],
    [2, 'out'],
  ] as const) {
    middle.run('nsenter', `--net=${RUN}/netns/r`, 'ip', 'address', 'add', `10.${n}.0.1/24`, 'dev', name)
    if (n === 1) middle.run('nsenter', `--net=${RUN}/netns/r`, 'ip', 'link', 'set', name, 'address', ROUTER.mac)
    middle.run('nsenter', `--net=${RUN}/netns/r`, 'ip', 'link', 'set', name, 'up')
  }
  middle.run(
    ...['nsenter', `--net=${RUN}/netns/r`, 'ip', 'neigh', 'replace', ROUTER.destination, 'lladdr', BEYOND],
    ...['dev', 'out', 'nud', 'permanent'],
  )
}

/** Kernel VXLAN, a Linux bridge for each link, and a veth pair to the router; bridge-nf off, as the issue has it. */
export async function vxlanBridge(): Promise<Subject> {
  const line = await makeLine()
  const { middle } = line
  await makeRouter(line)
  middle.try('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0') // where br_netfilter is there at all
  for (const [name, id, local, remote] of [
    ['in', 100, `${IN}.2`, `${IN}.1`],
    ['out', 101, `${OUT}.1`, `${OUT}.2`],
  ] as const) {
    const make = (...argv: string[]) => middle.run('ip', 'link', 'add', ...argv)
    make(`x-${name}`, 'type', 'vxlan', 'id', `${id}`, 'local', local, 'remote', remote, 'dstport', '4789')
    make(`b-${name}`, 'type', 'bridge')
    make(`r-${name}`, 'type', 'veth', 'peer', 'name', name, 'netns', `${RUN}/netns/r`)
    for (const port of [`x-${name}`, `r-${name}`]) middle.run('ip', 'link', 'set', port, 'master', `b-${name}`)
    for (const device of [`x-${name}`, `r-${name}`, `b-${name}`]) {
      middle.run('sysctl', '-qw', `net.ipv6.conf.${device}.disable_ipv6=1`)
      middle.run('ip', 'link', 'set', device, 'up')
    }
  }
  configureRouter(line)
  middle.run('bridge', 'fdb', 'add', BEYOND, 'dev', 'x-out', 'master', 'static')
  const vxlan = `0800000000006400${inner()}` // RFC 7348: the I flag, VNI 100
  return { line, packets: [arriving(line, 4789, vxlan)], sink: 'tc', end: () => line.lab.end() }
}

/** A process between UDP and TAP, as PL-VINI had (kernel/bench/overlay.c); the router's kernel forwards. */
export async function userspace(): Promise<Subject> {
  const line = await makeLine()
  await makeRouter(line)
  const netns = `/proc/${line.middle.pid}/ns/net`
  const router = `/proc/${line.middle.pid}/root${RUN}/netns/r`
  const overlay = spawn(
    benchBinary('overlay'),
    [netns, router, String(CPU), 'in', `${IN}.2`, `${IN}.1`, 'out', `${OUT}.1`, `${OUT}.2`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await Promise.race([
    once(overlay.stdout, 'data'),
    once(overlay, 'exit').then(() => Promise.reject(new Error('the userspace overlay did not start'))),
  ])
  configureRouter(line)
  return {
    line,
    packets: [arriving(line, 5000, inner(), 5000)],
    sink: 'tc',
    processes: overlay.pid === undefined ? [] : [overlay.pid],
    end: async () => {
      overlay.kill('SIGKILL')
      await line.lab.end()
    },
  }
}
