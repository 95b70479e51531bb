// Do FRR, BIRD and ExaBGP of the image "router" run with what a drawing tells them? Building it takes a minute or two and
// Debian's archive, so this runs when asked for: MYVINI_ROUTER_IMAGE names the packed image, or the place to build it to.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { RECIPES } from '@myvini/core/images/recipes'
import { setRouting } from '@myvini/core/routing/fit'
import { buildTopology } from '@myvini/core/topology/build'
import { type Boxed, useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildRoot } from './build'
import { writeRoot } from './write-root'

const PACKED = process.env.MYVINI_ROUTER_IMAGE ?? ''
const NODE = 'chicago-1'

/** Of the unpacked archive, as nodes name it. */
async function hashOf(packed: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(packed), createGunzip(), hash)
  return hash.digest('hex')
}

async function build(packed: string) {
  const recipe = RECIPES.find((r) => r.name === 'router')
  if (!recipe) throw new Error('there is no recipe called router')
  const work = await mkdtemp(join(dirname(packed), 'build-'))
  try {
    const built = await buildRoot(recipe, work, () => undefined)
    if (!built.ok) throw new Error(built.problem.message)
    await writeRoot(built.value.tree.sorted(), packed)
  } finally {
    await rm(work, { recursive: true })
  }
}

/** A chain of three AS: ExaBGP tells FRR a route, and FRR tells BIRD. */
const topology = setRouting(
  buildTopology(
    [
      {
        ...{ name: 'exa', kind: 'router' as const, class: 'vserver' as const, image: 'router.1', x: 0, y: 0 },
        routing: { software: 'exabgp' as const, config: 'route 203.0.113.0/24 next-hop self med 50;\n' },
      },
      {
        ...{ name: 'frr', kind: 'router' as const, class: 'vserver' as const, image: 'router.1', x: 0, y: 0 },
        routing: { software: 'frr' as const },
      },
      {
        ...{ name: 'bird', kind: 'router' as const, class: 'vserver' as const, image: 'router.1', x: 0, y: 0 },
        routing: { software: 'bird' as const },
      },
    ],
    [
      { from: 'exa', to: 'frr' },
      { from: 'frr', to: 'bird' },
    ],
  ),
  'bgp',
)

describe.skipIf(NO_CONTAINERS !== null || PACKED === '')('the image router', { timeout: 180_000 }, () => {
  const boxed = useBox(1)
  let connection: Awaited<ReturnType<Boxed['connect']>>

  async function inside(host: string, script: string): Promise<string> {
    const enter = (await boxed.inNode(NODE, ['cat', `/var/lib/myvini/hosts/res-b-${host}/enter`])).trim().split('\n')
    const args = enter.slice(0, enter.indexOf('--') + 1)
    const argv = ['/var/lib/myvini/agent/current/trellis', 'enter', ...args, '/bin/sh', '-c', script]
    return (await boxed.inNode(NODE, argv)).trim()
  }

  beforeAll(async () => {
    if (!existsSync(PACKED)) await build(PACKED)
    connection = await boxed.connect(NODE)
    const hash = await hashOf(PACKED)
    const sent = await connection.sendImage(hash, createReadStream(PACKED))
    if (!sent.ok) throw new Error(sent.problem.message)
    const { substrate, underlays } = ringSubstrate(1)
    const active = {
      ...activeSlice('b', topology, substrate, 1),
      images: new Map([['router.1', hash]]),
      hostUidBases: new Map(topology.hosts.map((h, i) => [h.id as string, 65_536 * (100 + i)])),
    }
    const spec = compileNodeSpec('n0' as SubstrateNodeId, [planSlice(active, underlays)], underlays)
    const taken = await connection.apply(JSON.stringify({ ...spec, generation: 1 }))
    if (!taken.ok) throw new Error(taken.problem.message)
    await eventually('all being up', async () => {
      const report = await connection.observe()
      return report.ok && report.value.slivers.flatMap((s) => Object.values(s.hosts)).every((h) => h.state === 'up')
    })
  }, 400_000)
  afterAll(() => connection?.close())

  test('has the three of them, each of its package', async () => {
    expect(await inside('frr', '/usr/lib/frr/zebra --version | head -n 1')).toMatch(/^zebra version 8/)
    expect(await inside('bird', 'bird --version 2>&1')).toMatch(/^BIRD version 2/)
    expect(await inside('exa', 'exabgp --version 2>&1 | head -n 1')).toMatch(/^ExaBGP : 4/)
  })

  test('ExaBGP announces a route to FRR’s bgpd, which forwards by it and tells BIRD', async () => {
    await eventually(
      'FRR having the route in its kernel',
      async () => (await inside('frr', 'ip route show 203.0.113.0/24')).includes('proto bgp'),
      90_000,
    )
    expect(await inside('frr', 'vtysh -c "show bgp ipv4 unicast 203.0.113.0/24"')).toMatch(/metric 50\b/)
    await eventually(
      'BIRD having heard of it',
      async () => (await inside('bird', 'birdc show route 203.0.113.0/24 all')).includes('BGP.as_path: 64'),
      60_000,
    )
    expect(await inside('exa', 'cat /var/log/exabgp/exabgp.log')).not.toMatch(/traceback/i)
  })
})
