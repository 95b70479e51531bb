// Which static routes make every address of a topology reachable from every virtual host, over the fewest hops?

import type { HostId } from '../ids'
import { forwards } from '../topology/forwards'
import { type Graph, graphOf, type Port, type Segment } from '../topology/graph'
import type { Topology, VirtualHost } from '../topology/topology'
import { addressOf, type Cidr, formatCidr, networkOf, parseCidr } from './cidr'
import { compressRoutes } from './route-table'

export interface StaticRoute {
  /** `10.0.3.0/24`, or `default` for a host with one way out. */
  to: string
  via: string
  /** The virtual interface the next hop is on. */
  interface: string
}

interface Hop {
  via: string
  interface: string
}

const VERSIONS = [4, 6] as const
const textOf = (port: Port, version: 4 | 6) => (version === 4 ? port.iface.ipv4 : port.iface.ipv6)

interface Step {
  from: Port
  to: Port
}

/** For each host: the neighbours it shares a segment and an address family with, in the order of the drawing. */
function neighbours(graph: Graph, version: 4 | 6): Map<HostId, Step[]> {
  const steps = new Map<HostId, Step[]>()
  for (const segment of graph.networks) {
    const ports = segment.ports.filter((p) => textOf(p, version) !== null)
    for (const from of ports)
      for (const to of ports) {
        // Only routers and gateways forward, so a step matters only if one of its ends is a router.
        if (from.host.id === to.host.id || (!forwards(from.host) && !forwards(to.host))) continue
        const list = steps.get(from.host.id)
        if (list) list.push({ from, to })
        else steps.set(from.host.id, [{ from, to }])
      }
  }
  return steps
}

/** Breadth-first from `source`: for each host reached, the first step of a shortest way there. */
function firstSteps(source: VirtualHost, steps: ReadonlyMap<HostId, Step[]>): Map<HostId, Step> {
  const firstStep = new Map<HostId, Step>()
  const seen = new Set([source.id])
  let frontier: VirtualHost[] = [source]
  while (frontier.length > 0) {
    const next: VirtualHost[] = []
    for (const host of frontier) {
      if (host !== source && !forwards(host)) continue
      for (const step of steps.get(host.id) ?? []) {
        if (seen.has(step.to.host.id)) continue
        seen.add(step.to.host.id)
        firstStep.set(step.to.host.id, host === source ? step : (firstStep.get(host.id) ?? step))
        next.push(step.to.host)
      }
    }
    frontier = next
  }
  return firstStep
}

interface Destination {
  prefix: Cidr
  hosts: VirtualHost[]
}

/** Where all goes that is not in the drawing. */
const OUTSIDE: Cidr = { version: 4, address: 0n, prefixLength: 0 }

function waysOut(topology: Topology): Destination[] {
  const gateways = topology.hosts.filter((h) => h.kind === 'gateway')
  return gateways.length > 0 ? [{ prefix: OUTSIDE, hosts: gateways }] : []
}

function destinations(topology: Topology, graph: Graph, version: 4 | 6): Destination[] {
  const list: Destination[] = []
  const ofSegment = (segment: Segment) => {
    const networks = new Map<string, Destination>()
    for (const port of segment.ports) {
      const address = parseCidr(textOf(port, version) ?? '')
      if (!address) continue
      const prefix = networkOf(address)
      const known = networks.get(formatCidr(prefix))
      if (known) known.hosts.push(port.host)
      else networks.set(formatCidr(prefix), { prefix, hosts: [port.host] })
    }
    list.push(...networks.values())
  }
  graph.networks.forEach(ofSegment)
  if (version === 4)
    for (const host of topology.hosts) {
      const prefix = parseCidr(host.loopback ?? '')
      if (prefix) list.push({ prefix, hosts: [host] })
    }
  return version === 4 ? [...list, ...waysOut(topology)] : list
}

function routesOf(
  host: VirtualHost,
  steps: ReadonlyMap<HostId, Step[]>,
  all: Destination[],
  version: 4 | 6,
): StaticRoute[] {
  const reach = firstSteps(host, steps)
  const hops = new Map<string, Hop>()
  const table: { prefix: Cidr; hop: Hop }[] = []
  // Breadth-first order makes the nearest of a segment's hosts the one that is reached first.
  const rank = new Map([...reach.keys()].map((id, i) => [id, i]))
  for (const { prefix, hosts } of all) {
    if (hosts.some((h) => h.id === host.id)) continue // connected: the kernel has this route itself
    const target = hosts
      .filter((h) => rank.has(h.id))
      .toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))[0]
    const step = target && reach.get(target.id)
    if (!step) continue
    const via = addressOf(textOf(step.to, version) ?? '')
    const key = `${via} ${step.from.iface.name}`
    const hop = hops.get(key) ?? { via, interface: step.from.iface.name }
    hops.set(key, hop)
    table.push({ prefix, hop })
  }
  const only = hops.size === 1 ? [...hops.values()][0] : undefined
  if (only && host.kind === 'host') return [{ to: 'default', ...only }]
  return compressRoutes(table).map(({ prefix, hop }) => ({
    to: prefix.prefixLength === 0 ? 'default' : formatCidr(prefix),
    ...hop,
  }))
}

/**
 * Routes for each host, empty where `routing` is `none`; where routers find theirs by a protocol, hosts and gateways get
 * all, and routers the way to a gateway, which speaks no protocol.
 * Deterministic: ties go to the end drawn first.
 */
export function planRoutes(topology: Topology): Map<HostId, StaticRoute[]> {
  const routes = new Map<HostId, StaticRoute[]>(topology.hosts.map((h) => [h.id, []]))
  if (topology.routing === 'none') return routes
  const graph = graphOf(topology)
  // ExaBGP tells routes and sets none.
  const isDynamic = (host: VirtualHost) =>
    topology.routing !== 'static' && host.kind === 'router' && host.routing.software !== 'exabgp'
  const out = waysOut(topology)
  for (const version of VERSIONS) {
    const steps = neighbours(graph, version)
    const all = destinations(topology, graph, version)
    for (const host of topology.hosts) {
      const given = !isDynamic(host) ? all : version === 4 ? out : []
      if (given.length > 0) routes.get(host.id)?.push(...routesOf(host, steps, given, version))
    }
  }
  return routes
}
