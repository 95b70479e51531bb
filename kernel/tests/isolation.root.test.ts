// What can a hostile root in a virtual host, or a stranger on the underlay, do with frames of their own making?
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { ethernet, frame, gre, ip } from './packets'
import { device, host, join, meet, owner, port, tunnel, underlay } from './parts'
import { capture } from './wire'

describe('isolation', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode
  let stranger: LabNode

  beforeAll(async () => {
    a = await lab.node('a')
    b = await lab.node('b')
    stranger = await lab.node('x')
    lab.connect(a, b, '192.0.2')
    lab.connect(a, stranger, '203.0.113')
    await meet(a, b, 'ab', '192.0.2')
    await meet(a, stranger, 'ax', '203.0.113')
    for (const [node, n] of [
      [a, 1],
      [b, 2],
    ] as const)
      await node.trellis.do(
        ...[owner(), ...host('mine'), ...host('other'), ...port('mine', 'v1', n), ...port('other', 'v2', n + 10)],
        ...join('mine', device('v1'), tunnel('ab', 1)),
        ...join('other', device('v2'), tunnel('ab', 2)),
      )
    for (const node of [a, b]) node.silence('mine', 'other')
  })
  afterAll(() => lab.end())

  const send = (packet: string) => a.trellis.do({ op: 'test.send', namespace: 'mine', interface: 'eth0', packet })
  const packetsIn = async (node: LabNode, name: string) => {
    const { virtual } = (await node.trellis.one({ op: 'stats' })) as unknown as Stats
    return virtual.find((v) => v.device === name)?.out.packets
  }

  test('EGRE made by a virtual host stays inside its own tunnel', async () => {
    const forged = gre({ key: 2, payload: frame() })
    const inner = ethernet({ payload: ip({ from: '192.0.2.1', to: '192.0.2.2', protocol: 47, payload: forged }) })
    const before = await packetsIn(b, 'v2')
    const [seen] = await capture({ node: b }, 'u-a', 'ip proto 47', 1, async () => {
      await send(inner)
    })
    expect(seen).toMatch(/key=0x1, proto TEB.*192\.0\.2\.1 > 192\.0\.2\.2: GREv0/)
    expect(await packetsIn(b, 'v2')).toBe(before)
  })

  test('a VLAN tag cannot choose the VLAN of the underlay', async () => {
    for (const tags of [[{ id: 5 }], [{ tpid: 0x88a8, id: 5 }, { id: 6 }]]) {
      const [seen] = await capture({ node: b }, 'u-a', 'not ip6', 1, async () => {
        await send(frame('', { tags }))
      })
      expect(seen).toMatch(/ethertype IPv4 .*192\.0\.2\.1 > 192\.0\.2\.2: GREv0, .*key=0x1, proto TEB.*vlan 5/)
    }
  })

  test('more VLAN tags than two do not pass a tunnel', async () => {
    await send(frame('', { tags: [{ id: 5 }, { id: 6 }, { id: 7 }] }))
    const { virtual } = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
    expect(virtual.find((v) => v.device === 'v1')?.drops).toMatchObject({ 'vlan-tags': 1 })
  })

  test('nothing a virtual host sends reaches the stack of its node', async () => {
    const before = a.run('cat', '/proc/net/snmp')
    const nodeMac = a.run('cat', '/sys/class/net/v1/address').trim()
    for (const to of [nodeMac, 'ff:ff:ff:ff:ff:ff', '33:33:00:00:00:01'])
      await send(
        ethernet({ to, payload: ip({ from: '10.0.0.1', to: '192.0.2.1', protocol: 17, payload: '00'.repeat(20) }) }),
      )
    expect(a.run('cat', '/proc/net/snmp')).toBe(before)
    expect(a.host('mine', 'ping', '-q', '-c1', '-W0.2', '192.0.2.1').code).not.toBe(0)
  })

  test('the node sends nothing of its own on a virtual interface', async () => {
    expect(a.run('ip', '-o', 'address', 'show', 'dev', 'v1')).toBe('')
    expect(a.run('cat', '/proc/sys/net/ipv6/conf/v1/disable_ipv6').trim()).toBe('1')
  })

  test('a neighbour may not use the key of another neighbour', async () => {
    const before = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
    const mac = a.run('cat', '/sys/class/net/u-x/address').trim()
    const from = (source: string, key: number) => ({
      op: 'test.send',
      interface: 'u-a',
      packet: ethernet({
        to: mac,
        payload: ip({ from: source, to: '203.0.113.1', protocol: 47, payload: gre({ key, payload: frame() }) }),
      }),
    })
    await stranger.trellis.do(from('203.0.113.2', 1), from('203.0.113.77', 1), from('192.0.2.2', 1))
    const after = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
    expect(after.virtual.map((v) => v.out)).toEqual(before.virtual.map((v) => v.out))
    expect(after.node.drops).toMatchObject({ 'unknown-key': 1, 'unknown-neighbour': 2 })
  })

  test('frames of a virtual interface that leads nowhere are dropped and counted', async () => {
    await a.trellis.do({ op: 'virtual.delete', device: 'v2' })
    a.host('other', 'ping', '-q', '-c1', '-W0.2', '10.0.0.12')
    const { virtual } = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
    expect(virtual.find((v) => v.device === 'v2')?.drops.unbound).toBeGreaterThan(0)
    await a.trellis.do(...join('other', device('v2'), tunnel('ab', 2)))
    expect(a.host('other', 'ping', '-q', '-c1', '-W2', '10.0.0.12')).toMatchObject({ code: 0 })
  })

  test('what a virtual host sends beyond its MTU is counted', async () => {
    a.host('mine', 'ip', 'link', 'set', 'eth0', 'mtu', '9000')
    a.host('mine', 'ping', '-q', '-c1', '-W0.2', '-M', 'do', '-s', '3000', '10.0.0.2')
    const { virtual } = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
    expect(virtual.find((v) => v.device === 'v1')?.drops.oversize).toBeGreaterThan(0)
  })

  describe('a hostile root in a virtual host', () => {
    const inside = (...argv: string[]) => a.host('mine', ...argv)
    /** As `trellis enter` starts it: root of its own user namespace, with the node's programs. */
    const asRoot = (script: string) => a.enter('mine', [], 'sh', '-c', script)

    test('reaches neither the node, nor its underlay, nor other nodes, however it routes', () => {
      const nodeMac = a.run('cat', '/sys/class/net/v1/address').trim()
      for (const [address, mac] of [
        ['192.0.2.1', nodeMac],
        ['192.0.2.2', nodeMac],
        ['203.0.113.2', 'ff:ff:ff:ff:ff:ff'],
      ] as const) {
        inside('ip', 'route', 'replace', address, 'dev', 'eth0')
        inside('ip', 'neighbour', 'replace', address, 'lladdr', mac, 'dev', 'eth0')
        expect(inside('ping', '-q', '-c1', '-W0.2', address).code).not.toBe(0)
      }
    })

    test('sees nothing of what another slice sends over the same nodes', async () => {
      inside('ip', 'link', 'set', 'eth0', 'promisc', 'on')
      const seen = await capture({ node: a, host: 'mine' }, 'eth0', 'host 10.0.0.11 or host 10.0.0.12', 1, () => {
        expect(a.host('other', 'ping', '-q', '-c3', '-i0.02', '-W2', '10.0.0.12')).toMatchObject({ code: 0 })
      })
      expect(seen).toEqual([])
    })

    test('cannot take the place of the other end of its link towards another slice', async () => {
      inside('ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0b')
      inside('ip', 'address', 'add', '10.0.0.11/24', 'dev', 'eth0')
      const seen = await capture({ node: b, host: 'other' }, 'eth0', 'icmp', 1, () => {
        inside('ping', '-q', '-c2', '-i0.1', '-W0.2', '-I', '10.0.0.11', '10.0.0.12')
      })
      inside('ip', 'address', 'del', '10.0.0.11/24', 'dev', 'eth0')
      inside('ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:01')
      expect(seen).toEqual([])
    })

    test('cannot load programs, enter the node’s namespaces, or touch its maps', () => {
      for (const script of [
        'nsenter --net=/proc/1/ns/net ip link show u-b',
        'ls /run/bpf/myvini/ends',
        'ls /run/myvini/netns',
        'mount -t bpf bpf /mnt && ls /mnt/myvini',
        'ip link show u-b',
        'tc filter add dev eth0 ingress bpf object-file /nowhere section x',
      ])
        expect([script, asRoot(script).code]).not.toEqual([script, 0])
    })

    test('floods its own link, and that of others still passes', async () => {
      const flood = inside(
        'timeout',
        '2',
        'sh',
        '-c',
        'ping -q -f -l 200 -s 1400 10.0.0.2 > /dev/null & ping -q -f -b 10.0.0.255 > /dev/null & wait',
      )
      expect(flood.code).not.toBe(127)
      expect(a.host('other', 'ping', '-q', '-c3', '-i0.02', '-W2', '10.0.0.12')).toMatchObject({ code: 0 })
    })

    test('what it tried and was dropped is counted under a name, at its own end', async () => {
      inside('ip', 'link', 'set', 'eth0', 'mtu', '9000')
      inside('ping', '-q', '-c1', '-W0.2', '-M', 'do', '-s', '8000', '10.0.0.2')
      inside('ip', 'link', 'set', 'eth0', 'mtu', '1500')
      const { virtual } = (await a.trellis.one({ op: 'stats' })) as unknown as Stats
      expect(Object.keys(virtual.find((v) => v.device === 'v1')?.drops ?? {})).toEqual(
        expect.arrayContaining(['oversize', 'vlan-tags']),
      )
      expect(virtual.find((v) => v.device === 'v2')?.drops).not.toHaveProperty('oversize')
    })
  })

  test('addresses that say not where are refused by name', async () => {
    for (const remote of ['fe80::2', '::ffff:192.0.2.2'])
      expect(await a.trellis.one(underlay('v6', '2001:db8::1', remote))).toEqual({
        ok: false,
        errno: 'EINVAL',
        error: 'remote: must not be a link-local or IPv4-mapped IPv6 address',
      })
  })
})

interface Stats {
  virtual: { device: string; out: { packets: number; bytes: number }; drops: Record<string, number> }[]
  node: { drops: Record<string, number> }
}
