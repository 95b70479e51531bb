// Do the routers of a drawing find their ways by themselves, with FRR and BIRD as they are packaged, and find others when
// one of them dies?
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { setRouting } from '@myvini/core/routing/fit'
import { buildTopology } from '@myvini/core/topology/build'
import type { HostRouting, Topology } from '@myvini/core/topology/topology'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'chicago-1'
const LOOPBACK = { a: '10.255.0.1', b: '10.255.0.2', c: '10.255.0.3', d: '10.255.0.4' } as const
const NAMES = ['a', 'b', 'c', 'd'] as const
type Name = (typeof NAMES)[number]
let connection: NodeConnection
let generation = 0

/** A square; from a to c it is cheaper over b. Behind c a host that only knows its router. */
function square(routing: Topology['routing'], own: Partial<Record<Name, Partial<HostRouting>>>): Topology {
  const drawn = buildTopology(
    [
      ...NAMES.map((name) => ({ name, kind: 'router' as const, x: 0, y: 0, ...(own[name] && { routing: own[name] }) })),
      { name: 'pc', kind: 'host' as const, x: 0, y: 0 },
    ],
    [
      { from: 'a', to: 'b', cost: 10 },
      { from: 'b', to: 'c', cost: 10 },
      { from: 'a', to: 'd', cost: 100 },
      { from: 'd', to: 'c', cost: 100 },
      { from: 'c', to: 'pc' },
    ],
  )
  return setRouting(drawn, routing)
}

async function run(slice: string, topology: Topology) {
  const { substrate, underlays } = ringSubstrate(1)
  const hostUidBases = new Map(topology.hosts.map((h, i) => [h.id as string, 65_536 * (100 + i)]))
  const plan = planSlice({ ...activeSlice(slice, topology, substrate, 1), hostUidBases }, underlays)
  generation++
  const taken = await connection.apply(
    JSON.stringify({ ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays), generation }),
  )
  if (!taken.ok) throw new Error(taken.problem.message)
  await eventually('everything being up', async () => {
    const report = await connection.observe()
    if (!report.ok || !report.value.settled || report.value.generation !== generation) return null
    const parts = report.value.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])
    const failed = parts.find((p) => p.state === 'failed')
    if (failed) throw new Error(failed.reason)
    return parts.every((p) => p.state === 'up')
  })
}

/** Routers as a person would at a terminal; the host behind them is a network stack that only sends packets. */
async function inside(slice: string, host: string, script: string): Promise<string> {
  const key = `res-${slice}-${host}`
  if (host === 'pc') return (await boxed.inHost(NODE, key, ['sh', '-c', script])).trim()
  const enter = (await boxed.inNode(NODE, ['cat', `/run/myvini/hosts/${key}/enter`])).trim().split('\n')
  const args = enter.slice(0, enter.indexOf('--') + 1)
  return (
    await boxed.inNode(NODE, ['/var/lib/myvini/agent/current/trellis', 'enter', ...args, 'sh', '-c', script])
  ).trim()
}

/** Those of the given addresses that do not answer. */
async function silent(slice: string, from: string, to: readonly string[]): Promise<string> {
  const pings = to.map((address) => `(ping -c 1 -W 1 ${address} > /dev/null || echo ${address}) &`)
  return inside(slice, from, `${pings.join(' ')} wait`)
}

const allReach = (slice: string) =>
  eventually(
    'every loopback being reached from everywhere',
    async () => {
      for (const from of [...NAMES, 'pc'] as const) {
        const lost = await silent(slice, from, Object.values(LOOPBACK))
        if (lost !== '') throw new Error(`${from} does not reach ${lost}`)
      }
      return true
    },
    60_000,
  )

beforeAll(async () => {
  connection = await boxed.connect(NODE)
}, 60_000)
afterAll(() => connection?.close())

// Daemons that greet and wait, on a machine that does other things as well: each wait has a limit of its own.
describe.skipIf(NO_CONTAINERS !== null)('routing software', { timeout: 180_000 }, () => {
  test('FRR and BIRD find the cheapest way by OSPF, another when a router dies, and the first when it is back', async () => {
    await run('o', square('ospf', { d: { software: 'bird' } }))
    await allReach('o')
    const way = () => inside('o', 'a', `ip route get ${LOOPBACK.c}`)
    expect(await way()).toContain('10.0.1.2')
    expect(await inside('o', 'a', 'ip route show proto ospf')).toContain(LOOPBACK.c)
    expect(await inside('o', 'a', 'vtysh -c "show ip ospf neighbor"')).toMatch(/10\.255\.0\.4.*Full/)
    // Its daemons die and with them what it told others; its network stack stays, as a wedged router's does.
    await inside('o', 'b', 'pkill -9 watchfrr; pkill -9 ospfd; true')
    await eventually('the way over d', async () => (await way()).includes('10.0.3.2'), 20_000)
    expect(await silent('o', 'a', [LOOPBACK.c])).toBe('')
    await inside('o', 'b', '/usr/lib/frr/frrinit.sh start > /dev/null 2>&1')
    await eventually('the way over b', async () => (await way()).includes('10.0.1.2'), 20_000)
  })

  test('routers in one AS and in others reach each other by BGP', async () => {
    const as = (asNumber: number, more: Partial<HostRouting> = {}) => ({ asNumber, ...more })
    await run('g', square('bgp', { a: as(65_001), b: as(65_001), c: as(65_002), d: as(65_003, { software: 'bird' }) }))
    await allReach('g')
    expect(await inside('g', 'a', 'vtysh -c "show bgp ipv4 unicast"')).toMatch(/10\.255\.0\.3\/32.*65002/)
  })

  test('IS-IS', async () => {
    await run('i', square('isis', {}))
    await allReach('i')
    expect(await inside('i', 'a', 'ip route show proto isis')).toContain(LOOPBACK.c)
  })

  test("a researcher's own configuration is what runs", async () => {
    const config = 'hostname mine\nrouter rip\n network 0.0.0.0/0\n redistribute connected\n'
    const all = Object.fromEntries(NAMES.map((n) => [n, { software: 'frr' as const, config, replaces: true }]))
    await run('r', square('ospf', all))
    await allReach('r')
    expect(await inside('r', 'a', 'ip route show proto rip')).toContain(LOOPBACK.c)
  })
})
