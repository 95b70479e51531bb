// Does a virtual network of a box carry real traffic to the box's outside, as far as the policy allows, and back in?
import { execFileSync, spawn } from 'node:child_process'
import { OUTSIDE } from '@myvini/box/layout'
import { compileNodeSpec, planSlice, type Underlay } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { GatewayPolicy } from '@myvini/core/gateway/policy'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useBox } from './boxed'
import { eventually } from './eventually'

const boxed = useBox(2, { hasOutside: true })
const [ALLOWED, OTHER] = OUTSIDE.servers
const MBPS = 20
let connection: NodeConnection

const drawn = buildTopology(
  [
    { name: 'h1', kind: 'host', x: 0, y: 0 },
    { name: 'gw', kind: 'gateway', x: 0, y: 0 },
  ],
  [{ from: 'h1', to: 'gw', capacityMbps: 500 }],
)
const [h1] = drawn.hosts
const forwards = [{ protocol: 'tcp' as const, outsidePort: 20_080, to: h1?.id ?? ('h1' as never), port: 8080 }]
const topology = { ...drawn, hosts: drawn.hosts.map((h) => (h.kind === 'gateway' ? { ...h, forwards } : h)) }
const gateways: GatewayPolicy = {
  ...{ allowed: ['researcher'], destinations: [`${ALLOWED}/32`], mbps: MBPS },
  outsidePorts: { from: 20_000, to: 20_099 },
}

const first = () => {
  const [node] = boxed.nodes
  if (!node) throw new Error('the box has no node')
  return node
}
const inHost = (argv: readonly string[]) => boxed.inHost(first().name, 'res-way-h1', argv)
const get = (address: string, path = '/') => inHost(['curl', '-sS', '--max-time', '20', `http://${address}${path}`])
async function inOutside(...argv: string[]): Promise<string> {
  const pid = await boxed.box.outside.pid()
  return execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...argv], { encoding: 'utf8', timeout: 20_000 })
}

beforeAll(async () => {
  connection = await boxed.connect(first().name)
  const { substrate } = ringSubstrate(1)
  const nodes = substrate.nodes.map((n) => ({ ...n, capabilities: [...n.capabilities, 'gateway' as const] }))
  const active = {
    ...activeSlice('way', topology, { ...substrate, nodes }, 1),
    hostUidBases: new Map([['gw', 65_536 * 300]]),
  }
  const none = new Map<never, Underlay>()
  const spec = compileNodeSpec('n0' as SubstrateNodeId, [planSlice(active, none)], none, { idle: true, gateways })
  const applied = await connection.apply(JSON.stringify({ ...spec, generation: 1 }))
  if (!applied.ok) throw new Error(applied.problem.message)
  await eventually('the slice being up', async () => {
    const report = await connection.observe()
    return report.ok && report.value.slivers.flatMap((s) => Object.values(s.hosts)).every((h) => h.state === 'up')
  })
}, 90_000)
afterAll(() => connection?.close())

describe('the outside of a box', () => {
  test('makes its nodes able to carry gateways, and leads nowhere else', async () => {
    const hello = await connection.hello()
    expect(hello.ok && hello.value.capabilities).toContain('gateway')
    expect(await inOutside('ip', 'route', 'show', 'default')).toBe('')
    expect(await inOutside('ip', '-o', 'link')).not.toMatch(/eth0|mgmt/)
  })

  test('is reached by a virtual host through its gateway, and sees the node’s address', async () => {
    const told = await eventually('an answer', () => get(ALLOWED).catch(() => null), 20_000)
    expect(told).toBe(`This is ${ALLOWED}, outside. You come from ${first().outsideAddress}.\n`)
  })

  test('is not reached where the policy does not allow it, though the node itself gets there', async () => {
    await expect(get(OTHER)).rejects.toThrow(/prohibited|No route|Failed to connect|Couldn't connect/i)
    expect(await boxed.inNode(first().name, ['curl', '-sS', `http://${OTHER}`])).toContain(`This is ${OTHER}`)
  })

  test('reaches what is forwarded', async () => {
    const serve = `require('http').createServer((q, r) => r.end('from inside')).listen(8080)`
    const pid = await boxed.box.pidOf(first().name)
    const where = `--net=/proc/${pid}/root/run/myvini/netns/res-way-h1`
    const server = spawn('nsenter', [where, '--', process.execPath, '-e', serve], { stdio: 'ignore' })
    try {
      const ask = () => inOutside('curl', '-sS', '--max-time', '5', `http://${first().outsideAddress}:20080`)
      expect(await eventually('the forward', () => ask().catch(() => null), 20_000)).toBe('from inside')
    } finally {
      server.kill('SIGKILL')
    }
  })

  test('gets no more than the policy’s rate', async () => {
    const bytes = 6_000_000
    const from = performance.now()
    const size = await inHost(['sh', '-c', `curl -sS http://${ALLOWED}/bytes/${bytes} | wc -c`])
    const seconds = (performance.now() - from) / 1000
    expect(Number(size)).toBe(bytes)
    // A busy machine makes it slower, never faster: a bound from one side. What nft has not let pass for a
    // second may pass at once, and its burst of a tenth with it (nft_limit_init in net/netfilter/nft_limit.c).
    expect((bytes * 8) / 1e6 / (seconds + 1.1)).toBeLessThan(MBPS)
  })

  test('is there again for a node that was switched off and on', async () => {
    const other = boxed.nodes[1]?.name ?? ''
    await boxed.box.powerOff(other)
    await boxed.box.powerOn(other)
    expect(await boxed.inNode(other, ['curl', '-sS', `http://${ALLOWED}`])).toContain('outside')
  })
})
