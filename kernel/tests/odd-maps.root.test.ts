// What do the programs do when a map holds what it should not: a slot that is none, no room, a device that has gone?
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernelFolder, Lab, type LabNode } from './lab'
import { ethernet, frame, gre, ip } from './packets'
import { device, host, join, meet, owner, port, tunnel } from './parts'

const DROP = 2
const REDIRECT = 7
const KEY = 7
const OTHER = 8
/** Every slot but the first (egre.h). */
const ENDS = 16_383
/** egre.h, struct egre_end. */
const TO = 4
const NEIGHBOUR = 12
const NOTE = { device: 0, tunnel: 4 } as const

describe('maps that are not as they should be', () => {
  const lab = new Lab()
  let node: LabNode
  let neighbour: LabNode
  let macs: { here: string; there: string }

  beforeAll(async () => {
    node = await lab.node('a')
    neighbour = await lab.node('b')
    lab.connect(node, neighbour, '192.0.2')
    await meet(node, neighbour, 'ab', '192.0.2')
    await node.trellis.do(
      ...[owner(), ...host('h1'), ...host('h2'), ...port('h1', 'v1', 1), ...port('h2', 'v2', 2)],
      ...[...join('link', device('v1'), tunnel('ab', KEY)), ...join('other', device('v2'), tunnel('ab', OTHER))],
    )
    node.silence('h1', 'h2')
    const mac = (n: LabNode, d: string) => n.run('cat', `/sys/class/net/${d}/address`).trim()
    macs = { here: mac(node, 'u-b'), there: mac(neighbour, 'u-a') }
  })
  afterAll(() => lab.end())

  const arriving = (key: number) => {
    const payload = ip({ from: '192.0.2.2', to: '192.0.2.1', protocol: 47, payload: gre({ key, payload: frame() }) })
    return ethernet({ to: macs.here, from: macs.there, payload })
  }
  const little = (n: number) => Buffer.from(Uint32Array.of(n).buffer).toString('hex')
  const spoil = (map: string, key: string, offset: number, ...value: number[]) =>
    Number(
      node.run(path.join(kernelFolder, 'build/spoil'), '/run/bpf/myvini', map, key, `${offset}`, ...value.map(String)),
    )
  const ifindex = (dev: string) => little(Number(node.run('cat', `/sys/class/net/${dev}/ifindex`)))
  /** RFC 4291 §2.5.5.2 addresses, then the key as on the wire. */
  const tunnelKey = (key: number) =>
    `${['c0000202', 'c0000201'].map((a) => `${'00'.repeat(10)}ffff${a}`).join('')}${key.toString(16).padStart(8, '0')}`

  const stats = async () => (await node.trellis.one({ op: 'stats' })) as unknown as Stats

  async function drops(): Promise<Record<string, number>> {
    const { virtual, tunnels, node: own } = await stats()
    const total: Record<string, number> = {}
    for (const { drops: d } of [...virtual, ...tunnels, own])
      for (const [reason, count] of Object.entries(d)) total[reason] = (total[reason] ?? 0) + count
    return total
  }
  const fromHost = () => ({ op: 'test.run', program: 'from_virtual', device: 'v1', packet: frame() })
  const fromNeighbour = (key = KEY) => ({
    ...{ op: 'test.run', program: 'from_underlay', device: 'u-b', packet: arriving(key) },
  })

  async function dropsOne(packet: { op: string }, reason: string) {
    const before = await drops()
    expect(await node.trellis.one(packet)).toMatchObject({ verdict: DROP })
    const after = await drops()
    expect(Object.entries(after).filter(([r, n]) => n !== (before[r] ?? 0))).toEqual([
      [reason, (before[reason] ?? 0) + 1],
    ])
    expect(await node.trellis.one(fromNeighbour(OTHER))).toMatchObject({ verdict: REDIRECT })
  }

  /** At which virtual interfaces is it counted, and on its way into the host or out of it? */
  async function counted(packet: { op: string }): Promise<string[]> {
    const passed = async () =>
      (await stats()).virtual.flatMap((v) =>
        (['in', 'out'] as const).map((way) => ({ name: `${v.device} ${way}`, packets: v[way].packets })),
      )
    const before = await passed()
    expect(await node.trellis.one(packet)).toMatchObject({ verdict: REDIRECT })
    return (await passed()).filter(({ packets }, i) => packets !== before[i]?.packets).map(({ name }) => name)
  }

  const beyond = [ENDS + 1, 0x7fff_ffff, 0xffff_ffff]

  test.each(beyond)('an end that leads to slot %d leads nowhere', async (wrong) => {
    const slot = little(spoil('by_device', ifindex('v1'), 0))
    const was = spoil('ends', slot, TO, wrong)
    await dropsOne(fromHost(), 'unbound')
    expect(await node.trellis.one({ op: 'observe' })).toMatchObject({ ok: true })
    expect(spoil('ends', slot, TO, was)).toBe(wrong)
    expect(await node.trellis.one(fromHost())).toMatchObject({ verdict: REDIRECT })
  })

  test.each(beyond)('a tunnel that has slot %d is unknown, and so is a device', async (wrong) => {
    const tunnelSlot = spoil('by_tunnel', tunnelKey(KEY), 0, wrong)
    const tunnelNote = spoil('notes', little(KEY), NOTE.tunnel, wrong)
    await dropsOne(fromNeighbour(), 'unknown-key')
    spoil('by_tunnel', tunnelKey(KEY), 0, tunnelSlot)
    const deviceSlot = spoil('by_device', ifindex('v1'), 0, wrong)
    const deviceNote = spoil('notes', ifindex('v1'), NOTE.device, wrong)
    await dropsOne(fromHost(), 'unbound')
    spoil('by_device', ifindex('v1'), 0, deviceSlot)
    // Notes are still wrong: what they say is not what counts.
    expect(await node.trellis.one(fromNeighbour())).toMatchObject({ verdict: REDIRECT })
    expect(await node.trellis.one(fromHost())).toMatchObject({ verdict: REDIRECT })
    spoil('notes', little(KEY), NOTE.tunnel, tunnelNote)
    spoil('notes', ifindex('v1'), NOTE.device, deviceNote)
    expect(await node.trellis.one(fromNeighbour())).toMatchObject({ verdict: REDIRECT })
  })

  test('a note that names the end of somebody else leads nobody there', async () => {
    const [slot, others] = [KEY, OTHER].map((key) => spoil('by_tunnel', tunnelKey(key), 0))
    if (slot === undefined || others === undefined) throw new Error('no slots')
    expect(spoil('notes', little(KEY), NOTE.tunnel, others)).toBe(slot)
    expect(await counted(fromNeighbour())).toEqual(['v1 out'])
    spoil('notes', little(KEY), NOTE.tunnel, slot)
    const note = spoil('notes', ifindex('v1'), NOTE.device, spoil('by_device', ifindex('v2'), 0))
    expect(await counted(fromHost())).toEqual(['v1 in'])
    spoil('notes', ifindex('v1'), NOTE.device, note)
  })

  test('keys that share a note are told apart', async () => {
    const twin = KEY + ENDS + 1
    await node.trellis.do(...join('twin', device('v2'), tunnel('ab', twin)))
    expect(await counted(fromNeighbour())).toEqual(['v1 out'])
    expect(await counted(fromNeighbour(twin))).toEqual(['v2 out'])
    await dropsOne(fromNeighbour(twin + ENDS + 1), 'unknown-key')
    await node.trellis.do(...join('other', device('v2'), tunnel('ab', OTHER)))
  })

  test.each([256, 0xffff_ffff])('a neighbour of number %d is not known', async (wrong) => {
    const slot = little(spoil('by_tunnel', tunnelKey(KEY), 0))
    const was = spoil('ends', slot, NEIGHBOUR, wrong)
    await dropsOne(fromHost(), 'unresolved')
    expect(await node.trellis.one({ op: 'observe' })).toMatchObject({ ok: true })
    spoil('ends', slot, NEIGHBOUR, was)
  })

  test('when there is no room for another end it is said so, and what is there goes on', async () => {
    const more = Array.from({ length: ENDS / 2 + 1 }, (_, i) => ({
      ...{ op: 'tunnel.set', underlay: 'ab', key: 10_000 + i, link: `relay-${i}`, to: tunnel('ab', 30_000 + i) },
    }))
    const results = await node.trellis.tryAll(more)
    const refused = results.findIndex((r) => !r.ok)
    expect(results[refused]).toMatchObject({ ok: false, errno: 'ENOSPC' })
    expect(results[refused]?.error).toContain(`no room for more than ${ENDS} ends`)
    expect(refused).toBeGreaterThan(8000)
    expect(await node.trellis.one(fromNeighbour(10_000 + refused - 1))).toMatchObject({ verdict: REDIRECT })
    await dropsOne(fromNeighbour(10_000 + refused + 1), 'unknown-key')
    const gone = more.map(({ key }) => ({ op: 'tunnel.delete', underlay: 'ab', key }))
    await node.trellis.do(...gone)
    expect(await node.trellis.one(more[refused] ?? { op: 'none' })).toMatchObject({ ok: true })
  })

  test('a device that has gone takes nobody with it, and its frames reach nobody once that was seen', async () => {
    expect(node.host('h1', 'ip', 'link', 'delete', 'eth0').code).toBe(0)
    // No program can ask whether a device is there: it is redirected, and dropped by the kernel behind it.
    expect(await node.trellis.one(fromNeighbour())).toMatchObject({ verdict: REDIRECT })
    for (let i = 0; i < 100; i++)
      await neighbour.trellis.do({ op: 'test.send', interface: 'u-a', packet: arriving(KEY) })
    await node.trellis.do({ op: 'virtual.delete', device: 'v1' })
    // With it the tunnel went that led nowhere else.
    await dropsOne(fromNeighbour(), 'unknown-key')
  })
})

interface Stats {
  virtual: { device: string; in: Count; out: Count; drops: Record<string, number> }[]
  tunnels: { drops: Record<string, number> }[]
  node: { drops: Record<string, number> }
}

interface Count {
  packets: number
}
