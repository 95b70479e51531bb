// Which packet filter keeps a gateway's promises? nftables rules as JSON (libnftables-json(5)), from a spec alone.
import { addressOf, networkOf, parseCidr } from '../addressing/cidr'
import { DEVICE_PREFIX, type GatewaySpec, UPLINK } from './spec'

/** Our table, in each namespace: nothing outside it is touched. */
export const TABLE = { family: 'ip', name: 'myvini' } as const

type Json = Record<string, unknown>
export interface Ruleset {
  nftables: Json[]
}

const meta = (key: string) => ({ meta: { key } })
const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } })
const is = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } })
const from = (device: string, op = '==') => is(meta('iifname'), device, op)
const to = (device: string, op = '==') => is(meta('oifname'), device, op)
const states = (...names: string[]) => is({ ct: { key: 'state' } }, names, 'in')
/** Came by a port that we opened. */
const isForwarded = is({ ct: { key: 'status' } }, 'dnat', 'in')
const accept = { accept: null }
const drop = { drop: null }
const refuse = { reject: { type: 'icmp', expr: 'admin-prohibited' } }

/** Nothing where all addresses are meant: nftables has no prefix of length 0. */
function daddr(cidr: string): Json[] {
  const parsed = parseCidr(cidr)
  if (!parsed) throw new Error(`${cidr} is no network`)
  const { prefixLength } = parsed
  if (prefixLength === 0) return []
  const network = networkOf(parsed).address
  const addr = [24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 0xffn).join('.')
  return [is(field('ip', 'daddr'), prefixLength === 32 ? addr : { prefix: { addr, len: prefixLength } })]
}

/** At once through one gateway: the node keeps track of each, and all gateways share its table (262,144 by default). */
const MOST_CONNECTIONS = 4096

interface Chain {
  name: string
  type: 'filter' | 'nat'
  hook: string
  prio: number
  policy: 'accept' | 'drop'
  rules: Json[][]
}

/** Taken in one step: at no instant is there half of it, or none. Names of empty chains say what it was made from. */
function ruleset(chains: readonly Chain[], marks: readonly string[]): Ruleset {
  const { family, name: table } = TABLE
  return {
    nftables: [
      { add: { table: TABLE } },
      { delete: { table: TABLE } },
      { add: { table: TABLE } },
      ...marks.map((name) => ({ add: { chain: { family, table, name } } })),
      ...chains.map(({ rules: _, ...chain }) => ({ add: { chain: { family, table, ...chain } } })),
      ...chains.flatMap(({ name: chain, rules }) =>
        rules.map((expr) => ({ add: { rule: { family, table, chain, expr } } })),
      ),
    ],
  }
}

/** Begins the name of the chain that tells which device is to forward nothing again when the last gateway goes. */
export const GUARD = 'guard_'
/** Device names may have bytes that names of chains may not. */
const hexOf = (text: string) => [...text].map((c) => (c.codePointAt(0) ?? 0).toString(16).padStart(2, '0')).join('')

export const fingerprintChain = (fingerprint: string): string => `is_${fingerprint.replaceAll('-', '_')}`
export const rulesIn = (set: Ruleset): number => set.nftables.filter((c) => 'rule' in ((c.add as Json) ?? {})).length // ours: each has one key

/** In the gateway's own namespace: the policy, the rate, and the ways in. */
export function gatewayRules(gateway: GatewaySpec, fingerprint: string): Ruleset {
  const kbytes = Math.max(1, Math.round((gateway.mbps * 1000) / 8))
  // A tenth of a second at the full rate, and never less than a burst of segments that one system call may send.
  const beyond = {
    limit: {
      ...{ rate: kbytes, rate_unit: 'kbytes', per: 'second', inv: true },
      ...{ burst: Math.max(128, Math.round(kbytes / 10)), burst_unit: 'kbytes' },
    },
  }
  return ruleset(
    [
      {
        ...{ name: 'ways_in', type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' },
        rules: gateway.forwards.map(({ protocol, outsidePort, to: addr, port }) => [
          ...[from(UPLINK), is(field(protocol, 'dport'), outsidePort)],
          { dnat: { addr, port } },
        ]),
      },
      {
        ...{ name: 'input', type: 'filter', hook: 'input', prio: 0, policy: 'accept' },
        // Only what answers: nothing outside speaks to the gateway itself.
        rules: [
          [from(UPLINK), states('established', 'related'), accept],
          [from(UPLINK), drop],
        ],
      },
      {
        ...{ name: 'forward', type: 'filter', hook: 'forward', prio: 0, policy: 'drop' },
        rules: [
          [states('invalid'), drop],
          [from(UPLINK), beyond, drop],
          [to(UPLINK), beyond, drop],
          [from(UPLINK), to(UPLINK), drop],
          [states('established', 'related'), accept],
          [states('new'), { 'ct count': { val: MOST_CONNECTIONS, inv: true } }, drop],
          [from(UPLINK), isForwarded, accept],
          [from(UPLINK), drop],
          ...gateway.forbidden.map((cidr) => [to(UPLINK), ...daddr(cidr), refuse]),
          ...gateway.destinations.map((cidr) => [to(UPLINK), ...daddr(cidr), accept]),
          [to(UPLINK), refuse],
          [accept], // from one of the slice's own networks to another
        ],
      },
      {
        ...{ name: 'way_out', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' },
        rules: [[to(UPLINK), { masquerade: null }]],
      },
    ],
    [fingerprintChain(fingerprint)],
  )
}

/** What a node must know of its own network; facts, not choices. */
export interface NodeFacts {
  /** The device of the default route. */
  uplink: string
  /** What the node is on itself: the underlay, the management network, the neighbours of its uplink. */
  networks: readonly string[]
  /** The uplink forwarded nothing before we came: it still forwards nothing but ours. */
  guards: boolean
}

/** In the node's own namespace: only what gateways need, and a second line behind each one's own rules. */
export function nodeRules(
  gateways: readonly GatewaySpec[],
  { uplink, networks, guards }: NodeFacts,
  fingerprint: string,
): Ruleset {
  const any = `${DEVICE_PREFIX}*`
  const own = (g: GatewaySpec) => is(field('ip', 'saddr'), addressOf(g.address))
  return ruleset(
    [
      {
        ...{ name: 'spoofed', type: 'filter', hook: 'prerouting', prio: -300, policy: 'accept' },
        rules: gateways.map((g) => [from(g.device), is(field('ip', 'saddr'), addressOf(g.address), '!='), drop]),
      },
      {
        ...{ name: 'ways_in', type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' },
        rules: gateways.flatMap((g) =>
          g.forwards.map(({ protocol, outsidePort }) => [
            from(uplink),
            is({ fib: { result: 'type', flags: ['daddr'] } }, 'local'),
            is(field(protocol, 'dport'), outsidePort),
            { dnat: { addr: addressOf(g.address) } },
          ]),
        ),
      },
      {
        ...{ name: 'input', type: 'filter', hook: 'input', prio: 0, policy: 'accept' },
        rules: [[from(any), drop]],
      },
      {
        ...{ name: 'forward', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' },
        rules: [
          [from(any), to(uplink, '!='), drop],
          [from(any), states('established', 'related'), accept],
          ...networks.map((cidr) => [from(any), ...daddr(cidr), drop]),
          [to(any), from(uplink, '!='), drop],
          [to(any), states('established', 'related'), accept],
          [to(any), isForwarded, accept],
          [to(any), drop],
          ...(guards ? [[from(uplink), from(any, '!='), to(any, '!='), drop]] : []),
        ],
      },
      {
        ...{ name: 'way_out', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' },
        rules: gateways.map((g) => [own(g), to(uplink), { masquerade: null }]),
      },
    ],
    [fingerprintChain(fingerprint), ...(guards ? [`${GUARD}${hexOf(uplink)}`] : [])],
  )
}
