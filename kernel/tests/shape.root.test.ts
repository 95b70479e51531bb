// What was reserved is enforced, per virtual link and direction, and kept when others flood.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import type { End } from './link-behaviour'
import { device, host, join, meet, owner, type Place, port, tunnel } from './parts'
import { arriving, flood, stop } from './traffic'
import type { Op } from './trellis'

type At = Place | { kind: 'underlay'; underlay: string }
const shape = (at: At, mbps: number, ceilMbps = mbps): Op => ({
  ...{ op: 'shape.set', at, rateKbps: mbps * 1000, ceilKbps: ceilMbps * 1000 },
})
/** On the underlay a full frame is 42 bytes longer; frames of 1,514 bytes are what the tests send. */
const OUTER = (1514 + 42) / 1514
const LINKS = [1, 2, 3]

describe('a virtual link takes what it reserved', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode
  const left = (n: number): End => ({ node: a, host: `h${n}`, n })
  const right = (n: number): End => ({ node: b, host: `h${n}`, n: n + 10 })

  beforeAll(async () => {
    a = await lab.node('a')
    b = await lab.node('b')
    lab.connect(a, b, '192.0.2')
    await meet(a, b, 'ab', '192.0.2')
    for (const [node, add] of [
      [a, 0],
      [b, 10],
    ] as const)
      for (const n of LINKS)
        await node.trellis.do(
          ...[owner(), ...host(`h${n}`), ...port(`h${n}`, `v${n}`, n + add)],
          ...join(`link${n}`, device(`v${n}`), tunnel('ab', n)),
        )
    await a.trellis.do(...host('local'), ...port('local', 'vl', 20), ...host('other'), ...port('other', 'vo', 21))
    await a.trellis.do(...join('local', device('vl'), device('vo')))
  })
  afterAll(() => lab.end())

  test.each([3, 10])('over the underlay: %i Mbit/s within 2 percent, and changed while it runs', async (mbps) => {
    await a.trellis.do(
      shape({ kind: 'underlay', underlay: 'ab' }, 500),
      shape(tunnel('ab', 1), Math.round(mbps * OUTER * 1000) / 1000),
    )
    const stream = await flood(left(1), right(1), mbps * 3)
    await arriving([right(1)], 500)
    const [first] = await arriving([right(1)], 2000)
    expect(first).toBeGreaterThan(mbps * 0.98)
    expect(first).toBeLessThan(mbps * 1.02)
    await a.trellis.do(shape(tunnel('ab', 1), Math.round(mbps * 2 * OUTER * 1000) / 1000))
    await arriving([right(1)], 500)
    const [second] = await arriving([right(1)], 1000)
    await stop(stream)
    expect(second).toBeGreaterThan(mbps * 2 * 0.98)
    expect(second).toBeLessThan(mbps * 2 * 1.02)
  })

  test('between two hosts of one node, each direction by itself', async () => {
    await a.trellis.do(shape(device('vo'), 20), shape(device('vl'), 8))
    const [vl, vo]: [End, End] = [
      { node: a, host: 'local', n: 20 },
      { node: a, host: 'other', n: 21 },
    ]
    const streams = [await flood(vl, vo, 60), await flood(vo, vl, 60)]
    await arriving([vl, vo], 500)
    const [toVl, toVo] = await arriving([vl, vo], 2000)
    await stop(...streams)
    expect(toVo).toBeGreaterThan(20 * 0.98)
    expect(toVo).toBeLessThan(20 * 1.02)
    expect(toVl).toBeGreaterThan(8 * 0.98)
    expect(toVl).toBeLessThan(8 * 1.02)
  })

  test('others that flood the same underlay cannot take its share, and what it leaves idle they may have', async () => {
    // 50 Mbit/s for three: 20 and 10 reserved, and one that may have all that is idle
    await a.trellis.do(
      shape({ kind: 'underlay', underlay: 'ab' }, 50),
      ...[shape(tunnel('ab', 1), 20), shape(tunnel('ab', 2), 10, 50), shape(tunnel('ab', 3), 20, 50)],
    )
    const greedy = [await flood(left(2), right(2), 150), await flood(left(3), right(3), 150)]
    await arriving([right(2)], 500)
    const alone = await arriving([right(2), right(3)], 1500)
    const reserved = await flood(left(1), right(1), 60)
    await arriving([right(1)], 500)
    const [kept = 0, second = 0, third = 0] = await arriving([right(1), right(2), right(3)], 2000)
    await stop(reserved, ...greedy)
    const all = 50 / OUTER
    expect((alone[0] ?? 0) + (alone[1] ?? 0)).toBeGreaterThan(all * 0.97) // idle capacity is shared
    expect(kept).toBeGreaterThan((20 / OUTER) * 0.97)
    expect(kept).toBeLessThan((20 / OUTER) * 1.02) // and its ceiling holds
    expect(second).toBeGreaterThan((10 / OUTER) * 0.95)
    expect(third).toBeGreaterThan((20 / OUTER) * 0.95)
    expect(kept + second + third).toBeLessThan(all * 1.02)
  })

  test('what is set is seen; what is taken away by others is set again, and a tunnel that goes leaves no class', async () => {
    const shapes = async () => (await a.trellis.one({ op: 'observe' })).shapes as { at: At; rateKbps: number }[]
    const first = await shapes()
    expect(first).toHaveLength(6)
    expect(first).toContainEqual({ at: tunnel('ab', 2), rateKbps: 10_000, ceilKbps: 50_000 })
    expect(first).toContainEqual({ at: device('vo'), rateKbps: 20_000, ceilKbps: 20_000 })
    await a.trellis.do(
      ...[
        { op: 'virtual.delete', device: 'v2' },
        { op: 'tunnel.delete', underlay: 'ab', key: 2 },
      ],
      { op: 'shape.delete', at: device('vo') },
    )
    expect(await shapes()).toHaveLength(4)
    expect(a.run('tc', 'class', 'show', 'dev', 'u-b').match(/class htb/g)).toHaveLength(3)
    expect(a.run('tc', 'qdisc', 'show', 'dev', 'vo')).not.toContain('tbf')
    a.run('tc', 'qdisc', 'delete', 'dev', 'u-b', 'root')
    expect(await shapes()).toEqual([{ at: device('vl'), rateKbps: 8000, ceilKbps: 8000 }])
    expect(a.host('h1', 'ping', '-q', '-c2', '-i0.05', '-W2', '10.0.0.11')).toMatchObject({ code: 0 })
    await a.trellis.do(shape({ kind: 'underlay', underlay: 'ab' }, 50), shape(tunnel('ab', 1), 20))
    expect(await shapes()).toHaveLength(3)
  })

  test('an underlay that goes takes its queue along; a wrong request says which field', async () => {
    const wrong = await a.trellis.tryAll([
      { op: 'shape.set', at: { kind: 'tunnel', underlay: 'ab', key: 99 }, rateKbps: 1, ceilKbps: 1 },
      { op: 'shape.set', at: { kind: 'planet' }, rateKbps: 1, ceilKbps: 1 },
      { op: 'shape.set', at: { kind: 'device', device: 'nope' }, rateKbps: 1, ceilKbps: 1 },
      { op: 'shape.set', at: tunnel('ab', 1), rateKbps: 0, ceilKbps: 1 },
      { op: 'shape.set', at: tunnel('ab', 1), rateKbps: 2, ceilKbps: 1 },
    ])
    expect(wrong.map((r) => [r.errno, r.error?.split(':')[0]])).toEqual([
      ...[
        ['ENOENT', 'at.key'],
        ['EINVAL', 'at.kind'],
        ['ENODEV', 'at.device'],
      ],
      ...[
        ['EINVAL', 'rateKbps'],
        ['EINVAL', 'ceilKbps'],
      ],
    ])
    await a.trellis.do({ op: 'underlay.delete', underlay: 'ab' })
    expect(a.run('tc', 'qdisc', 'show', 'dev', 'u-b')).not.toContain('htb')
  })
})
