// Which configuration does FRR get for a router (docs.frrouting.org, integrated configuration)?
import { type BgpNeighbour, hasInterior, hasIpv6, ownNetworks, type RoutedInterface, type RouterModel } from './model'
import {
  CONNECT_RETRY_SECONDS,
  DEAD_SECONDS,
  HELLO_MULTIPLIER,
  HELLO_SECONDS,
  HOLD_SECONDS,
  KEEPALIVE_SECONDS,
  LEAST_BETWEEN_LSA_MS,
  RETRANSMIT_SECONDS,
} from './timers'

const AREA = '0.0.0.0'
const ISIS_TAG = 'myvini'

function ospfInterface(iface: RoutedInterface): string[] {
  const both = (prefix: string, more: readonly string[]) => more.map((line) => ` ${prefix} ${line}`)
  const passive = (text: string) => (iface.isPassive ? [text] : [])
  const kind = iface.isPointToPoint ? ['network point-to-point'] : []
  const timers = [
    `hello-interval ${HELLO_SECONDS}`,
    `dead-interval ${DEAD_SECONDS}`,
    `retransmit-interval ${RETRANSMIT_SECONDS}`,
  ]
  const v4 = ['area 0.0.0.0', `cost ${iface.cost}`, ...timers, ...kind, ...passive('passive')]
  return [...(iface.ipv4 ? both('ip ospf', v4) : []), ...(iface.ipv6 ? both('ipv6 ospf6', v4) : [])]
}

function isisInterface(iface: RoutedInterface): string[] {
  const lines = [
    ...(iface.ipv4 ? [` ip router isis ${ISIS_TAG}`] : []),
    ...(iface.ipv6 ? [` ipv6 router isis ${ISIS_TAG}`] : []),
  ]
  if (lines.length === 0) return []
  return [
    ...lines,
    ` isis metric ${iface.cost}`,
    ...(iface.isPassive
      ? [' isis passive']
      : [
          ...(iface.isPointToPoint ? [' isis network point-to-point'] : []),
          ` isis hello-interval ${HELLO_SECONDS}`,
          ` isis hello-multiplier ${HELLO_MULTIPLIER}`,
        ]),
  ]
}

function interfaceBlocks(router: RouterModel): string[] {
  const lines = (iface: RoutedInterface): string[] => {
    if (router.protocol === 'isis') return isisInterface(iface)
    if (router.protocol === 'ospf' || hasInterior(router)) return ospfInterface(iface)
    return []
  }
  const loopback = (): string[] => {
    if (!router.loopback) return []
    if (router.protocol === 'isis') return [` ip router isis ${ISIS_TAG}`, ' isis passive']
    if (router.protocol === 'ospf' || hasInterior(router)) return [` ip ospf area ${AREA}`]
    return []
  }
  return [
    { name: 'lo', lines: loopback() },
    ...router.interfaces.map((i) => ({ name: i.name, lines: lines(i) })),
  ].flatMap((block) => (block.lines.length === 0 ? [] : [`interface ${block.name}`, ...block.lines, 'exit', '!']))
}

function ospfBlocks(router: RouterModel): string[] {
  const minArrival = ` timers lsa min-arrival ${LEAST_BETWEEN_LSA_MS}`
  const v6 = ['router ospf6', ` ospf6 router-id ${router.routerId}`, minArrival, 'exit', '!']
  const v4 = [
    'router ospf',
    ` ospf router-id ${router.routerId}`,
    ` timers throttle lsa all ${LEAST_BETWEEN_LSA_MS}`,
    minArrival,
    'exit',
    '!',
  ]
  return [...v4, ...(hasIpv6(router) ? v6 : [])]
}

/** An area address of private use and the router id as system id, four digits a group (ISO/IEC 10589 §7.1.1). */
export function isisNet(routerId: string): string {
  const digits = routerId
    .split('.')
    .map((octet) => octet.padStart(3, '0'))
    .join('')
  return `49.0001.${digits.slice(0, 4)}.${digits.slice(4, 8)}.${digits.slice(8, 12)}.00`
}

const isisBlock = (router: RouterModel, mtuBytes: number): string[] => [
  `router isis ${ISIS_TAG}`,
  ` net ${isisNet(router.routerId)}`,
  ' is-type level-2-only',
  ' metric-style wide',
  // A link-state packet has to pass every link whole, behind three bytes of LLC (ISO/IEC 10589 §7.3.4.2).
  ` lsp-mtu ${Math.min(1497, mtuBytes - 3)}`,
  // 30 s otherwise between two of one's own, which is what a network that comes up at once would wait for.
  ' lsp-gen-interval 1',
  ' spf-interval 1',
  'exit',
  '!',
]

function bgpBlock(router: RouterModel): string[] {
  const about = ({ address, asNumber, name, from }: BgpNeighbour) => [
    ` neighbor ${address} remote-as ${asNumber}`,
    ` neighbor ${address} description ${name}`,
    ` neighbor ${address} timers connect ${CONNECT_RETRY_SECONDS}`,
    ...(from === null ? [] : [` neighbor ${address} update-source ${from}`]),
  ]
  const family = (version: 4 | 6): string[] => {
    const neighbours = router.neighbours.filter((n) => n.version === version)
    const networks = ownNetworks(router, version)
    if (neighbours.length + networks.length === 0) return []
    return [
      ' !',
      ` address-family ipv${version} unicast`,
      ...networks.map((network) => `  network ${network}`),
      ...neighbours.flatMap((n) => [
        `  neighbor ${n.address} activate`,
        ...(n.interface === null ? [`  neighbor ${n.address} next-hop-self`] : []),
      ]),
      ' exit-address-family',
    ]
  }
  return [
    `router bgp ${router.asNumber}`,
    ` bgp router-id ${router.routerId}`,
    // RFC 8212 has sessions without a policy say nothing; here everything is told to everyone until somebody filters.
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ` timers bgp ${KEEPALIVE_SECONDS} ${HOLD_SECONDS}`,
    ...router.neighbours.flatMap(about),
    ...family(4),
    ...family(6),
    'exit',
    '!',
  ]
}

function protocolBlocks(router: RouterModel): string[] {
  switch (router.protocol) {
    case 'ospf':
      return ospfBlocks(router)
    case 'isis': // stands before the interfaces
      return []
    case 'bgp':
      return [...(hasInterior(router) ? ospfBlocks(router) : []), ...bgpBlock(router)]
    case null:
      return []
  }
}

/** /etc/frr/frr.conf. `mtuBytes`: the least of the slice's links. */
export function frrConfiguration(router: RouterModel, mtuBytes: number): string {
  return [
    'frr defaults traditional',
    `hostname ${router.name}`,
    'log file /var/log/frr/frr.log informational',
    'service integrated-vtysh-config',
    '!',
    // IS-IS takes a metric above 63 on an interface only once it knows of wide ones.
    ...(router.protocol === 'isis' ? isisBlock(router, mtuBytes) : []),
    ...interfaceBlocks(router),
    ...protocolBlocks(router),
    '',
  ].join('\n')
}

/** Which line of a configuration asks for which daemon; zebra and staticd run always. */
const DAEMONS: readonly [name: string, asks: RegExp][] = [
  ['bgpd', /^router bgp\b/m],
  ['ospfd', /^router ospf(\s|$)|^\s+ip ospf\b/m],
  ['ospf6d', /^router ospf6\b|^\s+ipv6 ospf6\b/m],
  ['ripd', /^router rip(\s|$)/m],
  ['ripngd', /^router ripng\b/m],
  ['isisd', /^router isis\b/m],
  ['pimd', /^\s+ip pim\b|^ip pim\b/m],
  ['ldpd', /^mpls ldp\b/m],
  ['eigrpd', /^router eigrp\b/m],
  ['babeld', /^router babel\b/m],
  ['bfdd', /^bfd(\s|$)|\bbfd$/m],
  ['vrrpd', /^\s+vrrp\b/m],
  ['pbrd', /^pbr-map\b|^\s+pbr-policy\b/m],
]

/** What runs when nobody said what should: enough to try any of the usual protocols from vtysh. */
const USUAL = ['bgpd', 'ospfd', 'ospf6d', 'isisd']

/** /etc/frr/daemons: those that the configuration speaks to, listening for nobody but the host itself. */
export function frrDaemons(configuration: string): string {
  const asked = DAEMONS.flatMap(([name, asks]) => (asks.test(configuration) ? [name] : []))
  const running = new Set(asked.length === 0 ? USUAL : asked)
  const v6 = new Set(['ospf6d', 'ripngd'])
  return [
    ...DAEMONS.map(([name]) => `${name}=${running.has(name) ? 'yes' : 'no'}`),
    'vtysh_enable=yes',
    'zebra_options="-A 127.0.0.1 -s 90000000"',
    'staticd_options="-A 127.0.0.1"',
    ...DAEMONS.map(([name]) => `${name}_options="-A ${v6.has(name) ? '::1' : '127.0.0.1'}"`),
    '',
  ].join('\n')
}
