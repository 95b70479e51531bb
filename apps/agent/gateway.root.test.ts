// A gateway on real nodes, with an outside that is a namespace of this test: nothing here ever leaves the machine.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { compileNodeSpec, planSlice, type Underlay } from '@myvini/core/desired/compile'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { GatewayPolicy } from '@myvini/core/gateway/policy'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(2)
const NODE = 'n0' as SubstrateNodeId // ringSubstrate's name for the first
let outside: ChildProcess
let server: ChildProcess
let connection: NodeConnection
let report: NodeReport | null = null
let generation = 0

const name = () => boxed.nodes[0]?.name ?? ''
const inOutside = (...argv: string[]) =>
  execFileSync('nsenter', [`--net=/proc/${outside.pid}/ns/net`, '--', ...argv], { encoding: 'utf8', timeout: 20_000 })

const topology = buildTopology(
  [
    { name: 'h1', kind: 'host', x: 0, y: 0 },
    { name: 'r1', kind: 'router', x: 0, y: 0 },
    { name: 'gw', kind: 'gateway', x: 0, y: 0 },
  ],
  [
    { from: 'h1', to: 'r1', capacityMbps: 500 },
    { from: 'r1', to: 'gw', capacityMbps: 500 },
  ],
)
const forward = { protocol: 'tcp' as const, outsidePort: 20_080, port: 8080 }
const hosts = topology.hosts.map((h) =>
  h.kind === 'gateway' ? { ...h, forwards: [{ ...forward, to: topology.hosts[0]?.id ?? h.id }] } : h,
)

/** 192.0.2.0/24 is what the node is on: to allow it is in vain. */
const policy: GatewayPolicy = {
  allowed: ['researcher'],
  destinations: ['203.0.113.0/24', '192.0.2.0/24', '192.168.0.0/16', '10.0.0.0/8', '172.16.0.0/12'],
  mbps: 20,
  outsidePorts: { from: 20_000, to: 20_099 },
}

async function apply(withSlice: boolean, gateways = policy) {
  const { substrate } = ringSubstrate(1)
  const nodes = substrate.nodes.map((n) => ({ ...n, capabilities: [...n.capabilities, 'gateway' as const] }))
  const active = {
    ...activeSlice('way', { ...topology, hosts }, { ...substrate, nodes }, 1),
    hostUidBases: new Map([['gw', 65_536 * 300]]),
  }
  const none = new Map<never, Underlay>()
  const plans = withSlice ? [planSlice(active, none)] : []
  generation++
  const spec: NodeSpec = { ...compileNodeSpec(NODE, plans, none, { idle: true, gateways }), generation }
  const applied = await connection.apply(JSON.stringify(spec))
  if (!applied.ok) throw new Error(applied.problem.message)
  await eventually('the node settling', () => {
    if (report?.generation !== generation || !report.settled) return false
    const bad = report.slivers
      .flatMap((v) => Object.entries({ ...v.hosts, ...v.links }))
      .filter(([, p]) => p.state !== 'up')
    if (bad.length > 0) throw new Error(JSON.stringify(bad))
    return true
  })
}

const key = (host: string) => `res-way-${host}`
const reaches = (address: string) =>
  boxed.inHost(name(), key('h1'), ['ping', '-q', '-c1', '-W1', address]).then(
    () => true,
    () => false,
  )

beforeAll(async () => {
  outside = spawn('unshare', ['--net', '--', 'sleep', '300'], { stdio: 'ignore' })
  await once(outside, 'spawn')
  const pid = await boxed.box.pidOf(name())
  await eventually('a namespace of its own', () => {
    const [own, ours] = [`/proc/${outside.pid}/ns/net`, '/proc/self/ns/net'].map((f) =>
      execFileSync('readlink', [f.replace('self', String(process.pid))], { encoding: 'utf8' }),
    )
    return own !== ours
  })
  const pair = ['link', 'add', 'out0', 'netns', String(pid), 'type', 'veth', 'peer', 'name', 'in0']
  execFileSync('ip', [...pair, 'netns', String(outside.pid)])
  inOutside('ip', 'link', 'set', 'lo', 'up')
  inOutside('ip', 'link', 'set', 'in0', 'up')
  inOutside('ip', 'address', 'add', '192.0.2.2/24', 'dev', 'in0')
  for (const address of ['203.0.113.1/32', '198.51.100.1/32']) inOutside('ip', 'address', 'add', address, 'dev', 'lo')
  await boxed.inNode(name(), ['ip', 'link', 'set', 'out0', 'up'])
  await boxed.inNode(name(), ['ip', 'address', 'add', '192.0.2.1/24', 'dev', 'out0'])
  await boxed.inNode(name(), ['ip', 'route', 'add', 'default', 'via', '192.0.2.2'])
  connection = await boxed.connect(name())
  connection.onReport((next) => {
    report = next
  })
  await apply(true)
}, 90_000)
afterAll(() => {
  server?.kill('SIGKILL')
  outside.kill('SIGKILL')
})

describe('a gateway on a real node', () => {
  test('is a capability that a node with a default route and nftables tells of', async () => {
    const hello = await connection.hello()
    expect(hello.ok && hello.value.capabilities).toContain('gateway')
  })

  test('carries a host to a destination that is allowed, which knows nothing of the addresses inside', async () => {
    await expect.poll(() => reaches('203.0.113.1'), { timeout: 10_000 }).toBe(true)
    expect(inOutside('ip', 'route')).not.toContain('10.')
  })

  test('carries it nowhere else: not beyond, not to the node, its neighbours, its underlay or the controller’s network', async () => {
    const { layout } = boxed.box
    const own = layout.nodes.find((n) => n.name === name())
    const [link] = layout.links
    const never = ['198.51.100.1', '192.0.2.1', '192.0.2.2', '100.64.4.177', '127.0.0.1']
    const underlay = [link?.aAddress, link?.bAddress, own?.address, own?.gateway].filter((a) => a !== undefined)
    expect(underlay.length).toBe(4)
    for (const address of [...never.slice(0, 4), ...underlay])
      expect([address, await reaches(address)]).toEqual([address, false])
  })

  test('lets in what is forwarded, and nothing beside it', async () => {
    const serve = `require('net').createServer((s) => s.end('from inside')).listen(8080)`
    const pid = await boxed.box.pidOf(name())
    const where = [`--net=/proc/${pid}/root/run/myvini/netns/${key('h1')}`]
    server = spawn('nsenter', [...where, '--', process.execPath, '-e', serve], { stdio: 'ignore' })
    const get = (port: number) =>
      `const s = require('net').connect(${port}, '192.0.2.1'); s.setTimeout(1500, () => process.exit(3)); s.on('error', () => process.exit(4)); s.pipe(process.stdout)`
    const ask = (port: number) => {
      try {
        return inOutside(process.execPath, '-e', get(port))
      } catch {
        return 'nothing'
      }
    }
    await expect.poll(() => ask(20_080), { timeout: 15_000 }).toBe('from inside')
    expect(ask(20_081)).toBe('nothing')
    // The way in is not a way around: the gateway's and the host's own addresses are not reached from outside.
    inOutside('ip', 'route', 'add', '100.64.0.0/10', 'via', '192.0.2.1')
    inOutside('ip', 'route', 'add', '10.0.0.0/8', 'via', '192.0.2.1')
    for (const address of ['100.64.4.178', '10.0.1.1', '10.0.2.1'])
      expect(() => inOutside('ping', '-q', '-c1', '-W1', address)).toThrow()
    inOutside('ip', 'route', 'delete', '100.64.0.0/10')
    inOutside('ip', 'route', 'delete', '10.0.0.0/8')
  })

  test('is put right within seconds when its rules or its way out are taken away, and that is told', async () => {
    await boxed.inHost(name(), key('gw'), ['nft', 'flush', 'ruleset'])
    await boxed.inNode(name(), ['nft', 'delete', 'table', 'ip', 'myvini'])
    await boxed.inNode(name(), ['ip', 'link', 'delete', 'mvgw0012c'])
    await expect.poll(() => reaches('203.0.113.1'), { timeout: 15_000 }).toBe(true)
    expect(await reaches('198.51.100.1')).toBe(false)
    expect(await reaches('192.0.2.1')).toBe(false)
    const told = report?.drift.map((d) => d.what).join('\n') ?? ''
    expect(told).toContain('the rules of gateway res-way-gw were missing')
    // Nothing is left to put right: what is there is seen to be what was asked for.
    const { length } = report?.drift ?? []
    await connection.observe()
    expect(report?.drift.length).toBe(length)
  })

  test('obeys a policy that changes while it runs', async () => {
    await apply(true, { ...policy, destinations: ['198.51.100.0/24'] })
    expect(await reaches('198.51.100.1')).toBe(true)
    expect(await reaches('203.0.113.1')).toBe(false)
    await apply(true, { ...policy, allowed: [] })
    expect(await reaches('198.51.100.1')).toBe(false)
  })

  test('leaves nothing behind when its slice has ended', async () => {
    expect(await boxed.inNode(name(), ['sysctl', '-n', 'net.ipv4.conf.out0.forwarding'])).toBe('1\n')
    await apply(false)
    expect(await boxed.inNode(name(), ['nft', 'list', 'tables'])).toBe('')
    expect(await boxed.inNode(name(), ['ip', '-o', 'link'])).not.toContain('mvgw')
    expect(await boxed.inNode(name(), ['sysctl', '-n', 'net.ipv4.conf.out0.forwarding'])).toBe('0\n')
  })
})
