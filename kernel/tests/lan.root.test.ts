import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { behavesAsALink } from './link-behaviour'
import { device, host, join, meet, owner, port, tunnel } from './parts'

describe('a LAN segment over three nodes, its switch on the first', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode
  let c: LabNode

  beforeAll(async () => {
    a = await lab.node('a')
    b = await lab.node('b')
    c = await lab.node('c')
    lab.connect(a, b, '192.0.2')
    lab.connect(a, c, '198.51.100')
    await Promise.all([meet(a, b, 'ab', '192.0.2'), meet(a, c, 'ac', '198.51.100')])
    const bridge = { op: 'bridge.create', namespace: 'switch', name: 'br0', ports: [] }
    await a.trellis.do(
      ...[owner(), ...host('switch'), ...host('h'), bridge],
      ...port('switch', 's1', 0x11, { bridge: 'br0', name: 'p1' }),
      ...port('switch', 's2', 0x12, { bridge: 'br0', name: 'p2' }),
      ...port('switch', 's3', 0x13, { bridge: 'br0', name: 'p3' }),
      ...port('h', 'v', 1),
      ...join('lan-1', device('v'), device('s1')),
      ...join('lan-2', device('s2'), tunnel('ab', 2)),
      ...join('lan-3', device('s3'), tunnel('ac', 3)),
    )
    await b.trellis.do(owner(), ...host('h'), ...port('h', 'v', 2), ...join('lan-2', device('v'), tunnel('ab', 2)))
    await c.trellis.do(owner(), ...host('h'), ...port('h', 'v', 3), ...join('lan-3', device('v'), tunnel('ac', 3)))
  })
  afterAll(() => lab.end())

  behavesAsALink(() => [
    { node: b, host: 'h', n: 2 },
    { node: c, host: 'h', n: 3 },
  ])

  test('all three see each other', () => {
    expect(a.host('h', 'ping', '-q', '-c2', '-i0.02', '-W2', '10.0.0.3')).toMatchObject({ code: 0 })
    expect(b.host('h', 'ping', '-q', '-c2', '-i0.02', '-W2', '10.0.0.1')).toMatchObject({ code: 0 })
  })

  test('a frame flooded to a host it is not meant for is ignored by it', async () => {
    // Were it taken for its own, the host would forward it and the LAN would have doubled packets.
    c.host('h', 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    a.host('switch', 'bridge', 'link', 'set', 'dev', 'p2', 'learning', 'off')
    a.host('switch', 'ip', 'link', 'set', 'br0', 'type', 'bridge', 'fdb_flush')
    const out = a.host('h', 'ping', '-c3', '-i0.02', '-W2', '10.0.0.2')
    expect(out).toMatchObject({ code: 0 })
    expect(out.stdout).not.toContain('DUP')
    expect(out.stdout).not.toContain('Redirect')
  })

  test('bridge.create again changes nothing, and a missing port is named', async () => {
    const again = { op: 'bridge.create', namespace: 'switch', name: 'br0', ports: ['p1'] }
    expect(await a.trellis.one(again)).toEqual({ ok: true })
    expect(await a.trellis.one({ ...again, ports: ['p9'] })).toEqual({
      ok: false,
      errno: 'ENODEV',
      error: 'ports: there is no p9',
    })
  })
})
