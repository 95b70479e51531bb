import { compileNodeSpec, planSlice, type Underlay } from '@myvini/core/desired/compile'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import { activeSlice } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateLinkId, SubstrateNodeId } from '@myvini/core/ids'
import type { Substrate } from '@myvini/core/substrate/substrate'
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { validateTopology } from '@myvini/core/topology/validate'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterEach, describe, expect, test } from 'vitest'

const boxed = useBox(3)
const connections = new Map<string, NodeConnection>()
const reports = new Map<string, NodeReport>()
const generations = new Map<string, number>()

const id = (name: string) => name as SubstrateNodeId

function substrate(): { substrate: Substrate; underlays: Map<SubstrateLinkId, Underlay> } {
  const { layout } = boxed.box
  const links = layout.links.map((l, i) => ({ ...l, id: `u${i}` as SubstrateLinkId }))
  return {
    substrate: {
      nodes: layout.nodes.map((n) => ({
        id: id(n.name),
        name: n.name,
        site: n.site,
        cpuMilli: 10_000,
        memoryMib: 10_000,
        diskMib: 10_000,
        hostSlots: 1000,
        capabilities: ['netns'],
        available: true,
      })),
      links: links.map((l) => ({ ...l, a: id(l.a), b: id(l.b) })),
    },
    underlays: new Map(
      links.map((l) => [
        l.id,
        {
          id: l.id,
          a: { node: id(l.a), address: l.aAddress },
          b: { node: id(l.b), address: l.bAddress },
          mtuBytes: l.mtuBytes,
          capacityMbps: l.capacityMbps,
        },
      ]),
    ),
  }
}

async function connection(node: string): Promise<NodeConnection> {
  const known = connections.get(node)
  if (known) return known
  const made = await boxed.connect(node)
  connections.set(node, made)
  made.onReport((report) => reports.set(node, report))
  void made.closed.then(() => connections.delete(node))
  return made
}

/** Puts exactly these slices onto the box and waits until every node says that it is done. */
async function apply(slices: { name: string; topology: Topology; firstKey: number }[]) {
  const { substrate: s, underlays } = substrate()
  const actives = slices.map((x) => activeSlice(x.name, x.topology, s, x.firstKey))
  const plans = actives.map((a) => planSlice(a, underlays))
  await Promise.all(
    boxed.nodes.map(async ({ name }) => {
      const generation = (generations.get(name) ?? 0) + 1
      generations.set(name, generation)
      const spec: NodeSpec = { ...compileNodeSpec(id(name), plans, underlays), generation }
      const applied = await (await connection(name)).apply(JSON.stringify(spec))
      if (!applied.ok) throw new Error(applied.problem.message)
      await eventually(`${name} settling`, () => {
        const report = reports.get(name)
        if (report?.generation !== generation || !report.settled) return false
        const bad = report.slivers
          .flatMap((v) => Object.entries({ ...v.hosts, ...v.links }))
          .filter(([, p]) => p.state !== 'up')
        if (bad.length > 0) throw new Error(JSON.stringify(bad))
        return true
      })
    }),
  )
  const where = (slice: string, host: string) => {
    const active = actives.find((a) => a.label === `test/${slice}`)
    const node = active?.nodes.get(host)
    if (!active || node === undefined) throw new Error(`${host} of ${slice} is nowhere`)
    return { node: node as string, key: `${active.reservation}-${host}` }
  }
  return {
    where,
    run: (slice: string, host: string, argv: readonly string[]) => {
      const at = where(slice, host)
      return boxed.inHost(at.node, at.key, argv)
    },
  }
}

const pin = (i: number) => ({ kind: 'node' as const, node: boxed.box.layout.nodes[i]?.name ?? '' })

/** h1 – r1 – r2 – h2 over three nodes, with a LAN of two more hosts behind r2. */
const campus = (): Topology =>
  buildTopology(
    [
      { name: 'h1', kind: 'host', x: 0, y: 0, pin: pin(0) },
      { name: 'r1', kind: 'router', x: 0, y: 0, pin: pin(0) },
      { name: 'r2', kind: 'router', x: 0, y: 0, pin: pin(1) },
      { name: 'h2', kind: 'host', x: 0, y: 0, pin: pin(2) },
      { name: 'lan', kind: 'lan', x: 0, y: 0, pin: pin(1) },
      { name: 'a', kind: 'host', x: 0, y: 0, pin: pin(1) },
      { name: 'b', kind: 'host', x: 0, y: 0, pin: pin(2) },
    ],
    [
      { from: 'h1', to: 'r1' },
      { from: 'r1', to: 'r2' },
      { from: 'r2', to: 'h2' },
      { from: 'r2', to: 'lan' },
      { from: 'a', to: 'lan' },
      { from: 'b', to: 'lan' },
    ],
  )

/** Two LANs on two nodes, joined twice. */
const looped = (): Topology =>
  buildTopology(
    [
      { name: 'left', kind: 'lan', x: 0, y: 0, pin: pin(0), stp: true },
      { name: 'right', kind: 'lan', x: 0, y: 0, pin: pin(1), stp: true },
      { name: 'a', kind: 'host', x: 0, y: 0, pin: pin(0) },
      { name: 'b', kind: 'host', x: 0, y: 0, pin: pin(2) },
    ],
    [
      { from: 'a', to: 'left' },
      { from: 'left', to: 'right' },
      { from: 'left', to: 'right' },
      { from: 'right', to: 'b' },
    ],
  )

const ping = (address: string) => ['ping', '-c', '3', '-i', '0.05', '-W', '1', address]
const addressIn = (t: Topology, host: string) =>
  t.hosts.find((h) => h.name === host)?.interfaces[0]?.ipv4?.split('/')[0] ?? ''

afterEach(async () => {
  await apply([])
})

describe('an agent on real nodes', () => {
  test('brings up hosts, routers and a LAN over three nodes, and every host reaches every other', async () => {
    const topology = campus()
    const { run } = await apply([{ name: 'one', topology, firstKey: 100 }])
    for (const from of ['h1', 'a', 'b', 'h2'])
      for (const to of ['h1', 'a', 'b', 'h2', 'r1', 'r2'])
        if (from !== to)
          expect(await run('one', from, ping(addressIn(topology, to))), `${from} to ${to}`).toContain(' 0% packet loss')
  })

  test('keeps one of two links between LANs in reserve where they are drawn with spanning tree', async () => {
    const topology = looped()
    expect(validateTopology(topology).filter((p) => p.severity === 'error')).toEqual([])
    const { run } = await apply([{ name: 'one', topology, firstKey: 100 }])
    await eventually(
      'the LANs carrying frames',
      async () => (await run('one', 'a', ping(addressIn(topology, 'b'))).catch(() => '')).includes(' 0% packet loss'),
      60_000,
    )
    const received = async () => {
      const stats = await Promise.all(boxed.nodes.map(async ({ name }) => (await connection(name)).stats()))
      return stats.flatMap((s) => (s.ok ? s.value.ends : [])).reduce((sum, end) => sum + end.rxPackets, 0)
    }
    const before = await received()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    // What went round would be counted in tens of thousands.
    expect((await received()) - before).toBeLessThan(200)
  })

  test('tells what each end of a link sent, and what was dropped of it and why', async () => {
    const topology = campus()
    const { run, where } = await apply([{ name: 'one', topology, firstKey: 100 }])
    await run('one', 'h2', ping(addressIn(topology, 'r2')))
    // A frame longer than the link is, which the host's own kernel would not send to an MTU of 1,500. It is told of the
    // path's MTU, and cuts up the next one.
    await run('one', 'h2', ['ip', 'link', 'set', 'eth0', 'mtu', '9000'])
    await run('one', 'h2', [
      'ping',
      '-c',
      '2',
      '-i',
      '0.5',
      '-W',
      '1',
      '-s',
      '3000',
      '-M',
      'dont',
      addressIn(topology, 'r2'),
    ]).catch(() => '')
    const stats = await (await connection(where('one', 'h2').node)).stats()
    if (!stats.ok) throw new Error(stats.problem.message)
    const [end] = stats.value.ends.filter((e) => e.egreKey === 102)
    expect(end).toMatchObject({ end: 'b', drops: { oversize: 1 } })
    expect(end?.rxPackets).toBeGreaterThan(2)
  })

  test('two slices with the same addresses and names do not see each other', async () => {
    const topology = campus()
    const { run } = await apply([
      { name: 'one', topology, firstKey: 100 },
      { name: 'two', topology, firstKey: 200 },
    ])
    await run('one', 'h2', ['ip', 'link', 'set', 'eth0', 'down'])
    expect(await run('two', 'h1', ping(addressIn(topology, 'h2')))).toContain(' 0% packet loss')
    await expect(run('one', 'h1', ping(addressIn(topology, 'h2')))).rejects.toThrow('100% packet loss')
  })

  test('leaves nothing behind when the spec is empty again', async () => {
    await apply([{ name: 'one', topology: campus(), firstKey: 100 }])
    await apply([])
    for (const { name } of boxed.nodes) {
      expect(await boxed.inNode(name, ['ls', '/run/myvini/netns', '/run/myvini/userns'])).not.toMatch(/res-|u\d/)
      expect(await boxed.inNode(name, ['ip', '-o', 'link'])).not.toContain(' mv0')
      expect(await boxed.inNode(name, ['ls', '/var/lib/myvini/hosts'])).toBe('')
    }
  })

  test('gives a guest back the interface that it deleted, with address and routes, and says so', async () => {
    const topology = campus()
    const { run, where } = await apply([{ name: 'one', topology, firstKey: 100 }])
    await run('one', 'h1', ['ip', 'link', 'delete', 'eth0'])
    await eventually('the interface being back', async () =>
      (await run('one', 'h1', ping(addressIn(topology, 'h2')))).includes(' 0% packet loss'),
    )
    const report = await (await connection(where('one', 'h1').node)).observe()
    const told = report.ok ? report.value.drift.filter((d) => d.interface === 'eth0') : []
    expect(told).toMatchObject([{ kind: 'interface-gone', reservation: 'res-one', times: 1 }]) // and nothing of what hung on it
    await run('one', 'h1', ['ip', 'link', 'delete', 'eth0'])
    await eventually('the repeat being counted', async () => {
      const again = await (await connection(where('one', 'h1').node)).observe()
      return again.ok && again.value.drift.filter((d) => d.interface === 'eth0' && d.times === 2).length === 1
    })
  })

  test('leaves alone what a researcher changed inside', async () => {
    const topology = campus()
    const { run, where } = await apply([{ name: 'one', topology, firstKey: 100 }])
    await run('one', 'h1', ['ip', 'address', 'add', '192.0.2.1/24', 'dev', 'eth0'])
    await run('one', 'h1', ['ip', 'route', 'del', 'default'])
    const c = await connection(where('one', 'h1').node)
    for (let i = 0; i < 3; i++) expect((await c.observe()).ok).toBe(true)
    expect(await run('one', 'h1', ['ip', 'address', 'show', 'dev', 'eth0'])).toContain('192.0.2.1/24')
    expect(await run('one', 'h1', ['ip', 'route'])).not.toContain('default')
  })

  test('killed at any point it goes on where it was, and what it hosts never notices', async () => {
    const topology = campus()
    const { run } = await apply([{ name: 'one', topology, firstKey: 100 }])
    const name = boxed.nodes[1]?.name ?? ''
    const pings = run('one', 'h1', ['ping', '-c', '40', '-i', '0.05', '-W', '1', addressIn(topology, 'h2')])
    const pid = (await boxed.inNode(name, ['cat', '/run/myvini/agent.pid'])).trim()
    const children = (await boxed.inNode(name, ['cat', `/proc/${pid}/task/${pid}/children`])).trim().split(' ')
    await boxed.inNode(name, ['kill', '-9', ...children, pid])
    expect(await pings).toContain(' 0% packet loss')
    await eventually('the agent answering again', async () => (await (await connection(name)).hello()).ok)
  })

  test('restores a node after a power cut, without a controller', async () => {
    const topology = campus()
    const { run } = await apply([{ name: 'one', topology, firstKey: 100 }])
    const name = boxed.nodes[1]?.name ?? ''
    await boxed.box.powerOff(name)
    // The kernel takes a moment to bury the namespaces of what was killed.
    await eventually('traffic stopping', () =>
      run('one', 'h1', ping(addressIn(topology, 'h2'))).then(
        () => false,
        (e: Error) => e.message.includes('100% packet loss'),
      ),
    )
    await boxed.box.powerOn(name)
    await eventually('traffic through the restored node', async () =>
      (await run('one', 'h1', ping(addressIn(topology, 'h2')))).includes(' 0% packet loss'),
    )
  })

  test('refuses an older spec, the same number with other content, and one that is no spec, and stays as it was', async () => {
    const topology = campus()
    await apply([{ name: 'one', topology, firstKey: 100 }])
    const name = boxed.nodes[0]?.name ?? ''
    const c = await connection(name)
    const generation = generations.get(name) ?? 0
    const spec = (n: number, extra = {}) =>
      JSON.stringify({ format: 'myvini-node-spec/1', node: name, generation: n, underlays: [], slivers: [], ...extra })
    for (const [text, code] of [
      [spec(generation - 1), 'spec.older'],
      [spec(generation), 'spec.changed'],
      [spec(generation + 1, { node: 'other' }), 'spec.other-node'],
      [spec(generation + 1, { slivers: [{ nonsense: true }] }), 'spec.invalid'],
    ] as const) {
      const result = await c.apply(text)
      expect(result.ok ? null : result.problem.code).toBe(code)
    }
    const report = await c.observe()
    expect(report.ok && report.value.slivers).toHaveLength(1)
  })
})
