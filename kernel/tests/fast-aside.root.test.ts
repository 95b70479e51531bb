// Whatever in a router wants to see packets sees all of them: while it is there, the fast path leaves them to its kernel.
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exchange,
  fastState,
  forwardedByKernel,
  makeRoutedSlice,
  type RoutedSlice,
  turnOn,
  until,
} from './routed-slice'

const PACKETS = 400

const RULE = ['FORWARD', '-p', 'udp', '--dport', '5003', '-j', 'ACCEPT']
const CASES = [
  {
    name: 'nftables',
    reason: 'filter',
    set: [
      ['nft', 'add table ip t'],
      ['nft', 'add chain ip t c { type filter hook forward priority 0; }'],
      ['nft', 'add rule ip t c udp dport 5003 counter'],
    ],
    unset: [['nft', 'delete table ip t']],
    seen: { command: ['nft', 'list chain ip t c'], count: /packets (\d+)/ },
  },
  {
    name: 'iptables on nftables',
    reason: 'filter',
    set: [['iptables-nft', '-A', ...RULE]],
    unset: [['nft', 'delete table ip filter']],
    seen: { command: ['iptables-nft', '-L', 'FORWARD', '-nvx'], count: /(\d+)\s+\d+ ACCEPT/ },
  },
  {
    name: 'legacy iptables',
    reason: 'filter',
    set: [['iptables-legacy', '-A', ...RULE]],
    unset: [['iptables-legacy', '-D', ...RULE]],
    seen: { command: ['iptables-legacy', '-L', 'FORWARD', '-nvx'], count: /(\d+)\s+\d+ ACCEPT/ },
    // its tables stay for as long as the namespace does, with or without rules in them
    stays: true,
  },
  {
    name: 'an IPsec policy',
    reason: 'xfrm',
    set: [['ip', 'xfrm', 'policy', 'add', 'src', '10.77.0.0/16', 'dst', '10.78.0.0/16', 'dir', 'fwd']],
    unset: [['ip', 'xfrm', 'policy', 'flush']],
  },
]

describe.each(CASES)('$name in a router', ({ reason, set, unset, seen, stays }) => {
  let slice: RoutedSlice
  const missing = [...set, ...unset].map(([program = '']) => program).find((program) => !isThere(program))
  const r = (argv: string[]) => {
    const done = slice.m.host('r', ...argv)
    expect(done).toMatchObject({ code: 0 })
    return done.stdout
  }
  const udp = async () => {
    const before = forwardedByKernel(slice)
    const [sent, received] = await exchange('datagrams', [slice.s, 'h1'], [slice.d, 'h2'], '10.2.0.2', PACKETS)
    expect(received).toBe(sent)
    return forwardedByKernel(slice) - before
  }
  const blocked = () => fastState(slice).then(({ hosts }) => hosts[0]?.blocked ?? [])

  beforeAll(async () => {
    if (missing) return
    slice = await makeRoutedSlice()
    await turnOn(slice)
    expect(await udp()).toBeLessThan(100)
  })
  afterAll(() => slice?.lab.end())

  test.skipIf(missing)(
    missing ? `is not tested: there is no ${missing}` : 'sees every packet, is named, and no longer than it is there',
    async () => {
      for (const argv of set) r(argv)
      await until(blocked, (reasons) => reasons.includes(reason))
      expect(await udp()).toBeGreaterThanOrEqual(PACKETS)
      if (seen) expect(Number(seen.count.exec(r(seen.command))?.[1])).toBeGreaterThanOrEqual(PACKETS)
      for (const argv of unset) r(argv)
      if (stays) return
      await until(blocked, (reasons) => reasons.length === 0)
      expect(await udp()).toBeLessThan(100)
    },
  )
})

function isThere(program: string): boolean {
  return ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((folder) => existsSync(`${folder}/${program}`))
}
