import { describe, expect, test } from 'vitest'
import { gatewayRules, nodeRules, type Ruleset, rulesIn } from './rules'
import type { GatewaySpec } from './spec'

const gateway: GatewaySpec = {
  device: 'mvgw00002',
  address: '100.64.0.10/30',
  nodeAddress: '100.64.0.9/30',
  mbps: 10,
  destinations: ['203.0.113.0/24'],
  forbidden: ['127.0.0.0/8', '192.168.7.1/32'],
  forwards: [{ protocol: 'tcp', outsidePort: 20_080, to: '10.0.1.2', port: 80 }],
}
const facts = { uplink: 'eth0', networks: ['192.0.2.0/24'], guards: false }

interface Rule {
  chain: string
  expr: Record<string, unknown>[]
}

type Part = Record<string, unknown>
const isPart = (value: unknown): value is Part => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Close to what `nft list` would say. */
function inWords(part: unknown): string {
  if (Array.isArray(part)) return part.map(inWords).join(',')
  if (!isPart(part)) return String(part)
  const { match, meta, ct, payload, prefix, fib } = part
  if (isPart(match)) return `${inWords(match.left)} ${match.op === '!=' ? '!= ' : ''}${inWords(match.right)}`
  if (isPart(meta)) return String(meta.key)
  if (isPart(ct)) return `ct ${ct.key}`
  if (isPart(payload)) return `${payload.protocol} ${payload.field}`
  if (isPart(prefix)) return `${prefix.addr}/${prefix.len}`
  if (isPart(fib)) return `fib ${fib.result}`
  return Object.entries(part)
    .map(([key, value]) => (value === null ? key : `${key} ${isPart(value) ? Object.values(value).join(' ') : value}`))
    .join(' ')
}

function told(set: Ruleset, chain: string): string[] {
  const rules = set.nftables.flatMap((c) => ((c.add ?? {}) as { rule?: Rule }).rule ?? []) // as rules.ts makes them
  return rules.filter((r) => r.chain === chain).map(({ expr }) => expr.map(inWords).join(' '))
}

describe('the rules of a gateway', () => {
  test('are these, in this order: the rate, what is forbidden before what is allowed, and nothing else', () => {
    const rules = gatewayRules(gateway, 'f')
    const limit = 'limit 1250 kbytes second true 128 kbytes drop'
    expect(told(rules, 'forward')).toEqual([
      'ct state invalid drop',
      `iifname uplink0 ${limit}`,
      `oifname uplink0 ${limit}`,
      'iifname uplink0 oifname uplink0 drop',
      'ct state established,related accept',
      'ct state new ct count 4096 true drop',
      'iifname uplink0 ct status dnat accept',
      'iifname uplink0 drop',
      'oifname uplink0 ip daddr 127.0.0.0/8 reject icmp admin-prohibited',
      'oifname uplink0 ip daddr 192.168.7.1 reject icmp admin-prohibited',
      'oifname uplink0 ip daddr 203.0.113.0/24 accept',
      'oifname uplink0 reject icmp admin-prohibited',
      'accept',
    ])
    expect(told(rules, 'ways_in')).toEqual(['iifname uplink0 tcp dport 20080 dnat 10.0.1.2 80'])
    expect(rulesIn(rules)).toBe(17)
  })

  test('take the place of the former ones in one step', () => {
    const [first, second, third] = gatewayRules(gateway, 'f').nftables
    expect([first, second, third].map((c) => Object.keys(c ?? {})[0])).toEqual(['add', 'delete', 'add'])
  })

  test('on the node let nothing through to itself, to what it is on, or to another gateway', () => {
    const rules = nodeRules([gateway], facts, 'f')
    expect(told(rules, 'spoofed')).toEqual(['iifname mvgw00002 ip saddr != 100.64.0.10 drop'])
    expect(told(rules, 'input')).toEqual(['iifname mvgw* drop'])
    expect(told(rules, 'ways_in')).toEqual(['iifname eth0 fib type local tcp dport 20080 dnat 100.64.0.10'])
    expect(told(rules, 'forward')).toEqual([
      'iifname mvgw* oifname != eth0 drop',
      'iifname mvgw* ct state established,related accept',
      'iifname mvgw* ip daddr 192.0.2.0/24 drop',
      'oifname mvgw* iifname != eth0 drop',
      'oifname mvgw* ct state established,related accept',
      'oifname mvgw* ct status dnat accept',
      'oifname mvgw* drop',
    ])
    expect(told(rules, 'way_out')).toEqual(['ip saddr 100.64.0.10 oifname eth0 masquerade'])
  })

  test('on a node that forwarded nothing before let it forward nothing else', () => {
    const rules = nodeRules([gateway], { ...facts, guards: true }, 'f')
    expect(told(rules, 'forward').at(-1)).toBe('iifname eth0 iifname != mvgw* oifname != mvgw* drop')
    expect(JSON.stringify(rules)).toContain('guard_65746830')
  })
})
