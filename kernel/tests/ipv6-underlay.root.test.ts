// Does a link behave over an IPv6 underlay, and where a path goes from the one IP to the other and back?
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { behavesAsALink } from './link-behaviour'
import { device, host, join, meet, owner, port, tunnel } from './parts'
import { capture } from './wire'

const HOPS = {
  'two, both IPv6': ['2001:db8:1', '2001:db8:2'],
  'three, IPv4 then IPv6 then IPv4': ['192.0.2', '2001:db8:2', '198.51.100'],
} satisfies Record<string, string[]>

for (const [title, networks] of Object.entries(HOPS))
  describe(`hops over IPv6: ${title}`, () => {
    const lab = new Lab()
    const nodes: LabNode[] = []
    const node = (i: number): LabNode => {
      const found = nodes[i]
      if (!found) throw new Error(`no node ${i}`)
      return found
    }
    const last = networks.length
    const key = (hop: number) => 0x21 + hop

    beforeAll(async () => {
      for (let i = 0; i <= last; i++) nodes.push(await lab.node(`n${i}`))
      for (const [i, network] of networks.entries()) {
        // RFC 8200: 40 octets of outer header where IPv4 has 20
        const mtu = network.includes(':') ? 1562 : 1542
        lab.connect(node(i), node(i + 1), network, mtu)
        await meet(node(i), node(i + 1), `hop${i}`, network, mtu)
      }
      for (let i = 1; i < last; i++)
        await node(i).trellis.do(...join('link', tunnel(`hop${i - 1}`, key(i - 1)), tunnel(`hop${i}`, key(i))))
      for (const [i, hop, n] of [
        [0, 0, 1],
        [last, last - 1, 2],
      ] as const)
        await node(i).trellis.do(
          ...[owner(), ...host('h'), ...port('h', 'v', n)],
          ...join('link', device('v'), tunnel(`hop${hop}`, key(hop))),
        )
    })
    afterAll(() => lab.end())

    behavesAsALink(() => [
      { node: node(0), host: 'h', n: 1 },
      { node: node(last), host: 'h', n: 2 },
    ])

    test('on each wire it is GRE with that hop’s addresses and key', async () => {
      for (const [i, network] of networks.entries()) {
        const filter = network.includes(':') ? 'ip6 proto 47' : 'ip proto 47'
        const [seen] = await capture({ node: node(i + 1) }, `u-n${i}`, filter, 1, () => {
          node(0).host('h', 'ping', '-q', '-c1', '10.0.0.2')
        })
        const [from, to] = network.includes(':') ? [`${network}::1`, `${network}::2`] : [`${network}.1`, `${network}.2`]
        expect(seen).toContain(`${from} > ${to}: GREv0`)
        expect(seen).toContain(`key=0x${key(i).toString(16)}`)
      }
    })

    test('both ends count the same, and drop nothing', async () => {
      const stats = async (i: number) => (await node(i).trellis.one({ op: 'stats' })) as unknown as Stats
      const readings = () => Promise.all(Array.from({ length: last + 1 }, (_, i) => stats(i)))
      const before = await readings()
      node(0).host('h', 'ping', '-q', '-c20', '-i0.01', '-s', '1400', '10.0.0.2')
      const after = await readings()
      const moved = (i: number, way: 'in' | 'out') =>
        (after[i]?.virtual[0]?.[way].packets ?? 0) - (before[i]?.virtual[0]?.[way].packets ?? 0)
      expect(moved(0, 'in')).toBeGreaterThanOrEqual(20)
      expect(moved(last, 'out')).toBe(moved(0, 'in'))
      expect(moved(0, 'out')).toBe(moved(last, 'in'))
      const drops = (all: Stats[]) => all.map((s) => [...s.virtual, ...s.tunnels].map((end) => end.drops))
      expect(drops(after)).toEqual(drops(before))
    })
  })

interface Stats {
  virtual: { in: { packets: number }; out: { packets: number }; drops: object }[]
  tunnels: { drops: object }[]
}
