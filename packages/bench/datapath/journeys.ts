// Between which hosts are streams and round trips measured? From the first node of a line to the last, through the middle:
// natively, or as two virtual hosts and a router of one slice, over two EGRE hops.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { type LabNode, RUN } from '../../../kernel/tests/lab'
import { device, join, tunnel, underlay } from '../../../kernel/tests/parts'
import { knowNextHops, learnFlows, routerOps } from './egre'
import { benchBinary, CPU } from './forward'
import { IN, type Line, makeLine, OUT } from './line'

const run = promisify(execFile)

export interface Journey {
  line: Line
  /** The file of the network namespace of whoever asks. */
  from: string
  /** Of whoever answers. */
  address: string
  echo: ChildProcess
  end(): Promise<void>
}

async function answering(line: Line, from: string, to: string, address: string): Promise<Journey> {
  const echo = spawn(benchBinary('talk'), ['echo', to, String(CPU), address], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(echo.stdout, 'data')
  return {
    ...{ line, from, address, echo },
    end: async () => {
      echo.kill('SIGKILL')
      await line.lab.end()
    },
  }
}

/** The kernels themselves; the cable as wide as a virtual link inside a tunnel, so that packets are of one size. */
export async function nativeJourney(): Promise<Journey> {
  const line = await makeLine(1500)
  line.middle.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  line.source.run('ip', 'route', 'add', `${OUT}.0/24`, 'via', `${IN}.2`)
  line.sink.run('ip', 'route', 'add', `${IN}.0/24`, 'via', `${OUT}.1`)
  const file = (node: LabNode) => `/proc/${node.pid}/ns/net`
  return answering(line, file(line.source), file(line.sink), `${OUT}.2`)
}

async function endHost(node: LabNode, n: number, network: string, key: number): Promise<string> {
  const common = { device: 'v1', namespace: 'h', interface: 'eth0', mtuBytes: 1500 }
  await node.trellis.do(
    underlay('m', `${network}.${n}`, `${network}.${3 - n}`),
    { op: 'owner.create', owner: 'slice', uidBase: 100_000, uidCount: 65_536 },
    { op: 'namespace.create', namespace: 'h', owner: 'slice' },
    { op: 'veth.create', ...common, mac: `02:ff:00:00:00:0${n}`, mark: 'myvini-v1' },
    { op: 'veth.configure', ...common, addresses: [`10.${n}.0.2/24`], alias: 'done' },
    {
      ...{ op: 'namespace.configure', namespace: 'h', forwarding: false, loopback: [] },
      routes: [{ to: 'default', via: `10.${n}.0.1`, interface: 'eth0' }],
    },
    ...join('l', device('v1'), tunnel('m', key)),
  )
  return `/proc/${node.pid}/root${RUN}/netns/h`
}

/** Two virtual hosts and the router between them. `neighbours` more routers are there beside it. */
export async function virtualJourney(neighbours = 0): Promise<Journey> {
  const line = await makeLine()
  const slices = Array.from({ length: 1 + neighbours }, (_, i) => i + 1)
  await line.middle.trellis.do(underlay('in', `${IN}.2`, `${IN}.1`), underlay('out', `${OUT}.1`, `${OUT}.2`))
  await line.middle.trellis.do(...routerOps(slices))
  knowNextHops(line, slices.slice(1))
  await learnFlows({ line }, slices) // as the agent does for every router
  const from = await endHost(line.source, 1, IN, 0x10001)
  const to = await endHost(line.sink, 2, OUT, 0x20001)
  return answering(line, from, to, '10.2.0.2')
}

export async function talk(role: 'ask' | 'stream', journey: Journey, ...more: number[]): Promise<unknown> {
  const argv = [role, journey.from, String(CPU), journey.address, ...more.map(String)]
  const { stdout } = await run(benchBinary('talk'), argv, { maxBuffer: 1 << 24 })
  return JSON.parse(stdout)
}
