import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { behavesAsALink } from './link-behaviour'
import { frame } from './packets'
import { joinedPair } from './parts'
import { capture } from './wire'

const KEY = 0x1234abcd

describe('two virtual hosts on neighbouring nodes', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode

  beforeAll(async () => {
    ;[a, b] = await joinedPair(lab, KEY)
  })
  afterAll(() => lab.end())

  behavesAsALink(() => [
    { node: a, host: 'h', n: 1 },
    { node: b, host: 'h', n: 2 },
  ])

  test('on the wire it is GRE with the key and Ethernet inside, from node to node', async () => {
    const packets = await capture({ node: b }, 'u-a', 'ip proto 47', 2, () => {
      a.host('h', 'ping', '-q', '-c1', '10.0.0.2')
    })
    expect(packets[0]).toMatch(/192\.0\.2\.1 > 192\.0\.2\.2: GREv0.*key=0x1234abcd.*proto TEB \(0x6558\)/)
    expect(packets[0]).toContain('10.0.0.1 > 10.0.0.2: ICMP echo request')
    expect(packets[1]).toMatch(/192\.0\.2\.2 > 192\.0\.2\.1: GREv0.*key=0x1234abcd/)
  })

  test('VLAN tags stay inside the tunnel and arrive', async () => {
    for (const tags of [[{ id: 7 }], [{ tpid: 0x88a8, id: 7 }, { id: 8 }]]) {
      const [seen] = await capture({ node: b, host: 'h' }, 'eth0', 'vlan', 1, async () => {
        await a.trellis.do({ op: 'test.send', namespace: 'h', interface: 'eth0', packet: frame('', { tags }) })
      })
      expect(seen).toMatch(new RegExp(`${tags.map(({ id }) => `vlan ${id}.*`).join('')}10.0.0.1`))
    }
  })

  test('counters agree at both ends', async () => {
    const count = async (node: LabNode) => (await node.trellis.one({ op: 'stats' })) as unknown as Stats
    const before = [await count(a), await count(b)] as const
    a.host('h', 'ping', '-q', '-c5', '-i0.02', '-s', '1000', '10.0.0.2')
    const after = [await count(a), await count(b)] as const
    const moved = (which: 0 | 1) => ({
      in: (after[which].virtual[0]?.in.packets ?? 0) - (before[which].virtual[0]?.in.packets ?? 0),
      tunnelIn: (after[which].tunnels[0]?.in.packets ?? 0) - (before[which].tunnels[0]?.in.packets ?? 0),
    })
    // ARP may add a question and an answer
    for (const which of [0, 1] as const) {
      expect(moved(which).in).toBeGreaterThanOrEqual(5)
      expect(moved(which).in).toBeLessThan(10)
      expect(moved(which).tunnelIn).toBe(moved(which === 0 ? 1 : 0).in)
    }
  })
})

interface Stats {
  virtual: { in: { packets: number } }[]
  tunnels: { in: { packets: number } }[]
}
