// Which addresses do new virtual interfaces get, so that a drawn network can talk without anyone typing numbers?
// A segment gets the lowest free 10.x.y.0/24 (LAN) or 10.x.y.0/30 (two ends); a router's loopback is from 10.255.0.0/16.

import type { InterfaceId } from '../ids'
import { forwards } from '../topology/forwards'
import { graphOf, type Segment } from '../topology/graph'
import type { Topology, VirtualHost, VirtualInterface } from '../topology/topology'
import { type Cidr, formatCidr, networkOf, overlaps, parseCidr, sameNetwork } from './cidr'

const POOL = 10n << 24n
const LOOPBACKS = (10n << 24n) | (255n << 16n)
/** 10.0.1.0 … 10.254.255.0: what is left of 10.0.0.0/8 without the loopbacks. */
const LAST_BLOCK = 255 * 256 - 1

/** Interfaces never change in place: each is read once, however often its drawing is planned anew. */
const read = new WeakMap<VirtualInterface, Cidr | null>()

function ipv4Of(iface: VirtualInterface): Cidr | null {
  if (iface.ipv4 === null) return null
  const known = read.get(iface)
  if (known !== undefined) return known
  const address = parseCidr(iface.ipv4)
  read.set(iface, address)
  return address
}

/** Answers "is this network free?" in constant time for our own /24 blocks, and exactly for what people typed. */
class Taken {
  private blocks = new Set<bigint>()
  private wide: Cidr[] = []
  add(network: Cidr) {
    if (network.prefixLength >= 24) this.blocks.add(network.address >> 8n)
    else this.wide.push(network)
  }
  isFree(block: bigint): boolean {
    if (this.blocks.has(block)) return false
    const network: Cidr = { version: 4, address: block << 8n, prefixLength: 24 }
    return !this.wide.some((other) => overlaps(other, network))
  }
}

function nextBlock(taken: Taken, from: number): number | null {
  for (let i = from; i <= LAST_BLOCK; i++) if (taken.isFree((POOL >> 8n) + BigInt(i))) return i
  return null
}

/** Lowest host address of `network` that nobody has; null when it is full. */
function nextAddress(network: Cidr, used: ReadonlySet<bigint>): string | null {
  const size = 1n << BigInt(32 - network.prefixLength)
  const [first, last] = size <= 2n ? [0n, size - 1n] : [1n, size - 2n]
  for (let host = first; host <= last; host++) {
    const address = network.address + host
    if (!used.has(address)) return formatCidr({ version: 4, address, prefixLength: network.prefixLength })
  }
  return null
}

/** The network most of a segment's interfaces already have, if there is room in it for the rest. */
function networkInUse(segment: Segment): Cidr | null {
  const networks: { network: Cidr; count: number }[] = []
  for (const { iface } of segment.ports) {
    const address = ipv4Of(iface)
    if (!address) continue
    const known = networks.find((n) => sameNetwork(n.network, address))
    if (known) known.count++
    else networks.push({ network: networkOf(address), count: 1 })
  }
  networks.sort((a, b) => b.count - a.count)
  const best = networks[0]?.network
  if (!best) return null
  const room =
    best.prefixLength >= 31 ? 1n << BigInt(32 - best.prefixLength) : (1n << BigInt(32 - best.prefixLength)) - 2n
  return room >= BigInt(segment.ports.length) ? best : null
}

function planSegment(segment: Segment, taken: Taken, cursor: { block: number }): Map<InterfaceId, string> {
  const planned = new Map<InterfaceId, string>()
  const wanting = segment.ports.filter((p) => p.iface.planned && p.iface.ipv4 === null)
  if (wanting.length === 0) return planned
  let network = networkInUse(segment)
  // Two ends have outgrown their /30 only when a link became a LAN: then all planned addresses move together.
  const replan = network === null && segment.ports.some((p) => p.iface.ipv4 !== null)
  if (network === null) {
    const block = nextBlock(taken, cursor.block)
    if (block === null) return planned
    cursor.block = block + 1
    const prefixLength = segment.lans.length > 0 ? (segment.ports.length > 254 ? 20 : 24) : 30
    network = { version: 4, address: ((POOL >> 8n) + BigInt(block)) << 8n, prefixLength }
    taken.add(network)
  }
  const used = new Set<bigint>()
  const chosen = network
  for (const { iface } of segment.ports) {
    const address = ipv4Of(iface)
    if (address && sameNetwork(address, chosen)) used.add(address.address)
  }
  // Routers first: people expect the gateway at .1.
  const ports = (replan ? segment.ports.filter((p) => p.iface.planned) : wanting).toSorted(
    (a, b) => Number(forwards(b.host)) - Number(forwards(a.host)),
  )
  for (const port of ports) {
    const text = nextAddress(chosen, used)
    if (text === null) break
    planned.set(port.iface.id, text)
    const address = parseCidr(text)
    if (address) used.add(address.address)
  }
  return planned
}

function planLoopbacks(topology: Topology): Map<string, string> {
  const used = new Set(
    topology.hosts.flatMap((h) => (h.loopback === null ? [] : (parseCidr(h.loopback)?.address ?? []))),
  )
  const planned = new Map<string, string>()
  let next = 1n
  for (const host of topology.hosts) {
    if (host.kind !== 'router' || host.loopback !== null) continue
    while (used.has(LOOPBACKS + next)) next++
    if (next > 0xfffen) break
    planned.set(host.id, formatCidr({ version: 4, address: LOOPBACKS + next, prefixLength: 32 }))
    next++
  }
  return planned
}

/**
 * Gives an address to every connected interface that has none and may be planned, and a loopback to every router
 * without one. Addresses already there stay, typed or planned, so that nothing a person has read changes under them.
 */
export function planAddresses(topology: Topology): Topology {
  const graph = graphOf(topology)
  const taken = new Taken()
  for (const port of graph.ports.values()) {
    const address = ipv4Of(port.iface)
    if (address) taken.add(networkOf(address))
  }
  const cursor = { block: 1 }
  const addresses = new Map<InterfaceId, string>()
  for (const segment of graph.networks)
    for (const [id, text] of planSegment(segment, taken, cursor)) addresses.set(id, text)
  const loopbacks = planLoopbacks(topology)
  if (addresses.size === 0 && loopbacks.size === 0) return topology

  const withAddress = (iface: VirtualInterface): VirtualInterface => {
    const ipv4 = addresses.get(iface.id)
    return ipv4 === undefined ? iface : { ...iface, ipv4 }
  }
  const hosts = topology.hosts.map((host): VirtualHost => {
    const loopback = loopbacks.get(host.id) ?? host.loopback
    const changed = loopback !== host.loopback || host.interfaces.some((i) => addresses.has(i.id))
    return changed ? { ...host, loopback, interfaces: host.interfaces.map(withAddress) } : host
  })
  return { ...topology, hosts }
}

/** Forgets every planned address and plans anew: for a drawing whose numbers have grown untidy. */
export function replanAddresses(topology: Topology): Topology {
  const hosts = topology.hosts.map((host) => ({
    ...host,
    loopback: null,
    interfaces: host.interfaces.map((i) => (i.planned ? { ...i, ipv4: null } : i)),
  }))
  return planAddresses({ ...topology, hosts })
}
