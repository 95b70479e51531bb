// Which configuration does ExaBGP get for a router (exabgp.conf(5), ExaBGP 4)? It speaks BGP and forwards nothing by what it
// hears: it tells routes to others, which is what it is for.
import { parseCidr } from '../addressing/cidr'
import { type BgpNeighbour, ownNetworks, type RouterModel } from './model'
import { HOLD_SECONDS } from './timers'

/** A line of the researcher's own that every neighbour is to hear: `route 203.0.113.0/24 next-hop self med 50;`. */
const ROUTE = /^\s*route\s+([0-9a-fA-F:.]+\/\d{1,3})\s.*;\s*$/

interface OwnText {
  /** Lines of routes, each with the family that it is of. */
  routes: { line: string; version: 4 | 6 }[]
  /** Blocks of their own: templates, processes, further neighbours. */
  blocks: string
}

/** A route inside a block of one's own belongs to that block, so only lines at the top are taken out. */
function readOwn(config: string): OwnText {
  const routes: OwnText['routes'] = []
  const rest: string[] = []
  let depth = 0
  for (const line of config.split('\n')) {
    const prefix = depth === 0 ? parseCidr(ROUTE.exec(line)?.[1] ?? '') : null
    if (prefix) routes.push({ line: line.trim(), version: prefix.version })
    else rest.push(line)
    depth += (line.match(/\{/g)?.length ?? 0) - (line.match(/\}/g)?.length ?? 0)
  }
  const blocks = rest.join('\n').trim()
  return { routes, blocks: blocks === '' ? '' : `${blocks}\n` }
}

/** ExaBGP does not find out by itself from where it speaks. */
function localAddress(router: RouterModel, neighbour: BgpNeighbour): string | null {
  if (neighbour.from !== null) return neighbour.from
  const iface = router.interfaces.find((i) => i.name === neighbour.interface)
  return (neighbour.version === 4 ? iface?.address4 : iface?.address6) ?? null
}

function neighbourBlock(router: RouterModel, neighbour: BgpNeighbour, own: OwnText): string[] {
  const local = localAddress(router, neighbour)
  if (local === null) return []
  const { version } = neighbour
  return [
    `neighbor ${neighbour.address} {`,
    `  description "${neighbour.name}";`,
    `  router-id ${router.routerId};`,
    `  local-address ${local};`,
    `  local-as ${router.asNumber};`,
    `  peer-as ${neighbour.asNumber};`,
    `  hold-time ${HOLD_SECONDS};`,
    `  family { ipv${version} unicast; }`,
    '  static {',
    ...ownNetworks(router, version).map((network) => `    route ${network} next-hop self;`),
    ...own.routes.filter((r) => r.version === version).map((r) => `    ${r.line}`),
    '  }',
    '}',
  ]
}

/** /etc/exabgp/exabgp.conf, with what the researcher wrote in its place: routes at each neighbour, blocks behind. */
export function exabgpConfiguration(router: RouterModel): string {
  const own = readOwn(router.host.routing.config)
  return [...router.neighbours.flatMap((n) => neighbourBlock(router, n, own)), own.blocks].join('\n')
}
