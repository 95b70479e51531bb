// Which configuration does BIRD 2 get for a router (bird.network.cz, BIRD 2.0 user's guide)?
import { type BgpNeighbour, hasInterior, hasIpv6, type RoutedInterface, type RouterModel } from './model'
import {
  CONNECT_RETRY_SECONDS,
  DEAD_SECONDS,
  HELLO_SECONDS,
  HOLD_SECONDS,
  KEEPALIVE_SECONDS,
  RETRANSMIT_SECONDS,
} from './timers'

/** BIRD takes no less than two. */
const BIRD_RETRANSMIT_SECONDS = RETRANSMIT_SECONDS + 1

/** BIRD's names are letters, digits and underscores; a DNS label has hyphens. */
const symbol = (text: string): string => text.replace(/[^A-Za-z0-9_]/g, '_')

/** Routes it was told of go to the kernel; those of the kernel's own interfaces are there already. */
const kernelBlocks = (router: RouterModel): string[] =>
  ([4, 6] as const).flatMap((version) => [
    `protocol kernel kernel${version} {`,
    `  ipv${version} { import none; export where source != RTS_DEVICE; };`,
    // As the FRR of a neighbour would, and before the routes that MyVINI itself sets.
    '  metric 32;',
    `}${version === 6 && !hasIpv6(router) ? ' # no addresses yet' : ''}`,
  ])

function ospfInterface(iface: RoutedInterface): string {
  const options = [
    ...(iface.isPassive ? ['stub yes;'] : []),
    ...(iface.isPointToPoint ? ['type ptp;'] : ['type bcast;']),
    `cost ${iface.cost};`,
    ...(iface.isPassive
      ? []
      : [
          `hello ${HELLO_SECONDS};`,
          `dead ${DEAD_SECONDS};`,
          `wait ${DEAD_SECONDS};`,
          `retransmit ${BIRD_RETRANSMIT_SECONDS};`,
        ]),
  ]
  return `    interface "${iface.name}" { ${options.join(' ')} };`
}

function ospfBlock(router: RouterModel, version: 4 | 6): string[] {
  const interfaces = router.interfaces.filter((i) => (version === 4 ? i.ipv4 : i.ipv6) !== null)
  return [
    `protocol ospf v${version === 4 ? 2 : 3} ospf${version} {`,
    `  ipv${version} { import all; export none; };`,
    '  area 0.0.0.0 {',
    ...(version === 4 && router.loopback ? ['    interface "lo" { stub yes; };'] : []),
    ...interfaces.map(ospfInterface),
    '  };',
    '}',
  ]
}

const ospfBlocks = (router: RouterModel) => [...ospfBlock(router, 4), ...(hasIpv6(router) ? ospfBlock(router, 6) : [])]

function bgpBlock(router: RouterModel, neighbour: BgpNeighbour): string[] {
  const isInside = neighbour.interface === null
  const name = symbol(
    `${neighbour.name}${neighbour.interface === null ? '' : `_${neighbour.interface}`}_${neighbour.version}`,
  )
  const family = [
    'import all;',
    'export where source ~ [ RTS_DEVICE, RTS_BGP, RTS_STATIC ];',
    ...(isInside ? ['next hop self;'] : []),
  ]
  return [
    `protocol bgp ${name} {`,
    `  local ${neighbour.from ?? ''}${neighbour.from === null ? '' : ' '}as ${router.asNumber};`,
    `  neighbor ${neighbour.address} as ${neighbour.asNumber};`,
    `  keepalive time ${KEEPALIVE_SECONDS}; hold time ${HOLD_SECONDS}; connect retry time ${CONNECT_RETRY_SECONDS};`,
    `  connect delay time 1; error wait time 1, ${CONNECT_RETRY_SECONDS};`,
    `  ipv${neighbour.version} { ${family.join(' ')} };`,
    '}',
  ]
}

function protocolBlocks(router: RouterModel): string[] {
  switch (router.protocol) {
    case 'ospf':
      return ospfBlocks(router)
    case 'bgp':
      return [
        ...(hasInterior(router) ? ospfBlocks(router) : []),
        ...router.neighbours.flatMap((n) => bgpBlock(router, n)),
      ]
    case 'isis': // BIRD 2 has none; `checkRouting` says so before anything is booked
    case null:
      return []
  }
}

/** /etc/bird/bird.conf. */
export function birdConfiguration(router: RouterModel): string {
  return [
    'log "/var/log/bird.log" all;',
    `router id ${router.routerId};`,
    'protocol device { scan time 2; }',
    'protocol direct { ipv4; ipv6; }',
    ...kernelBlocks(router),
    ...protocolBlocks(router),
    '',
  ].join('\n')
}
