// What does each node have to look like for these slices to run? Turns drawings and embeddings into node specs.
import { addressOf, canonicalAddress } from '../addressing/cidr'
import { planRoutes, type StaticRoute } from '../addressing/routes'
import type { GatewayPolicy } from '../gateway/policy'
import { gatewaySpec } from '../gateway/spec'
import type { HostId, LinkId, ReservationId, SliceId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { planRouting, type RoutingSetup } from '../routing/setup'
import type { Emulation } from '../topology/emulation'
import { forwards } from '../topology/forwards'
import { graphOf } from '../topology/graph'
import { commandsToRun, filesToPut } from '../topology/start-up'
import type { LinkEnd, LinkVlan, Topology, VirtualHost, VirtualLink } from '../topology/topology'
import type { TraceRun } from '../topology/trace'
import { type HostControl, NO_CONTROL, withControl } from './host-control'
import { limitsOf } from './host-limits'
import { lineOf } from './lines'
import { LOCAL_MTU_BYTES, pathMtuBytes } from './mtu'
import { deviceName, type EndLetter, macAddress, partKey } from './naming'
import type { HostSpec, LinkSpec, NodeSpecBody, PortVlan, SliverSpec, SwitchSpec } from './node-spec'
import { linkRate, underlayKbps } from './rates'

/** A substrate link with the addresses that its two nodes have on it. */
export interface Underlay {
  id: SubstrateLinkId
  a: { node: SubstrateNodeId; address: string }
  b: { node: SubstrateNodeId; address: string }
  mtuBytes: number
  capacityMbps: number
  /** A box has no distances: what this link would take, and a node does in its place. */
  emulatedDelayMs?: number
}

/** What may change while a slice runs, beside what was admitted. */
export interface Live {
  /** Part of the policy: whether links that ask for it may take what is idle. */
  idle: boolean
  /** Settings that replace those of the drawing. */
  emulations?: ReadonlyMap<string, ReadonlyMap<string, Emulation | null>>
  /** By id; a link whose trace is not among them follows none. */
  traces?: ReadonlyMap<string, readonly TraceRun[]>
  /** By reservation and host: what was done to hosts since they were booked. */
  controls?: ReadonlyMap<string, ReadonlyMap<string, HostControl>>
  /** Part of the policy: what may pass gateways. Absent: nothing. */
  gateways?: GatewayPolicy
}

/** One slice that is to run: what was drawn, where it goes and what was leased for it. */
export interface ActiveSlice {
  slice: SliceId
  reservation: ReservationId
  label: string
  topology: Topology
  nodes: ReadonlyMap<string, SubstrateNodeId>
  paths: ReadonlyMap<LinkId, readonly SubstrateLinkId[]>
  keys: ReadonlyMap<LinkId, number>
  uidBases: ReadonlyMap<SubstrateNodeId, number>
  /** Hosts of class vserver have a range of ids of their own. */
  hostUidBases?: ReadonlyMap<string, number>
  /** Hashes of images by what the drawing calls them. */
  images?: ReadonlyMap<string, string>
}

interface UnderlayIndex {
  ofNode: ReadonlyMap<SubstrateNodeId, readonly Underlay[]>
  carriers: ReadonlyMap<SubstrateLinkId, { mtuBytes: number; ipVersion: 4 | 6 }>
  addresses: readonly string[]
}

/** The substrate as it was read is never changed in place, so what follows from it is found once, not for each slice. */
const indexes = new WeakMap<ReadonlyMap<SubstrateLinkId, Underlay>, UnderlayIndex>()

function indexOf(underlays: ReadonlyMap<SubstrateLinkId, Underlay>): UnderlayIndex {
  const known = indexes.get(underlays)
  if (known) return known
  const ofNode = new Map<SubstrateNodeId, Underlay[]>()
  for (const u of underlays.values())
    for (const node of new Set([u.a.node, u.b.node])) {
      const some = ofNode.get(node) ?? []
      some.push(u)
      ofNode.set(node, some)
    }
  const index: UnderlayIndex = {
    ofNode,
    carriers: new Map(
      [...underlays.values()].map((u) => [
        u.id,
        { mtuBytes: u.mtuBytes, ipVersion: u.a.address.includes(':') ? 6 : 4 },
      ]),
    ),
    addresses: [...underlays.values()].flatMap((u) => [u.a.address, u.b.address]),
  }
  indexes.set(underlays, index)
  return index
}

const LETTERS: readonly [EndLetter, EndLetter] = ['a', 'b']

/** A fact that admission guarantees; a hole here means that stored rows contradict each other. */
function known<K, V>(map: ReadonlyMap<K, V>, key: K, what: string): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`${what} ${String(key)} is missing from the embedding`)
  return value
}

const virtualIdOf = (end: LinkEnd): string => (end.kind === 'lan' ? end.lan : end.host)

/** Everything about one slice that all its nodes need; computed once, not once a node. */
export interface SlicePlan {
  active: ActiveSlice
  routes: Map<HostId, StaticRoute[]>
  routing: Map<HostId, RoutingSetup>
  mtuBytes: Map<LinkId, number>
  names: { name: string; address: string }[]
  nodes: Set<SubstrateNodeId>
}

export function planSlice(active: ActiveSlice, underlays: ReadonlyMap<SubstrateLinkId, Underlay>): SlicePlan {
  const { topology } = active
  const { carriers: links } = indexOf(underlays)
  const mtuBytes = new Map<LinkId, number>()
  for (const segment of graphOf(topology).segments) {
    // One MTU for a whole broadcast domain: a bridge drops what does not fit its narrowest port.
    const least = Math.min(
      LOCAL_MTU_BYTES,
      ...segment.links.map((l) => pathMtuBytes(known(active.paths, l.id, 'path of link'), links)),
    )
    for (const link of segment.links) mtuBytes.set(link.id, least)
  }
  const names = topology.hosts.flatMap((host) => {
    const text = host.loopback ?? host.interfaces.find((i) => i.ipv4 !== null)?.ipv4 ?? null
    const ipv6 = host.interfaces.find((i) => i.ipv6 !== null)?.ipv6 ?? null
    return [text, ipv6].flatMap((t) => (t === null ? [] : [{ name: host.name, address: addressOf(t) }]))
  })
  const routing = planRouting(topology, Math.min(LOCAL_MTU_BYTES, ...mtuBytes.values()))
  return { active, routes: planRoutes(topology), routing, mtuBytes, names, nodes: nodesTouched(active, underlays) }
}

/** Nodes that host something of the slice, and those that only relay for it. */
function nodesTouched(active: ActiveSlice, underlays: ReadonlyMap<SubstrateLinkId, Underlay>): Set<SubstrateNodeId> {
  const nodes = new Set(active.nodes.values())
  for (const path of active.paths.values())
    for (const id of path) {
      const underlay = known(underlays, id, 'substrate link')
      nodes.add(underlay.a.node)
      nodes.add(underlay.b.node)
    }
  return nodes
}

function hostSpec(
  plan: SlicePlan,
  drawn: VirtualHost,
  control: HostControl,
  linkOf: ReadonlyMap<string, [VirtualLink, EndLetter]>,
  outside: { gateways?: GatewayPolicy | undefined; underlay: readonly string[] },
): HostSpec {
  const { active } = plan
  const host = withControl(drawn, control)
  const interfaces = host.interfaces.flatMap((iface) => {
    const found = linkOf.get(iface.id)
    if (!found) return [] // not linked: nothing to make
    const [link, end] = found
    const key = known(active.keys, link.id, 'EGRE key of link')
    return [
      {
        name: iface.name,
        device: deviceName(key, end),
        link: partKey(active.reservation, link.id),
        mac: macAddress(key, end),
        mtuBytes: known(plan.mtuBytes, link.id, 'MTU of link'),
        addresses: [iface.ipv4, iface.ipv6].filter((a) => a !== null),
      },
    ]
  })
  const uidBase = active.hostUidBases?.get(host.id) ?? null
  const { gateways, underlay } = outside
  const gateway =
    host.kind === 'gateway' && uidBase !== null && gateways && !control.isOff
      ? { gateway: gatewaySpec(host, active.topology, uidBase, gateways, underlay) }
      : {}
  return {
    ...gateway,
    key: partKey(active.reservation, host.id),
    name: host.name,
    class: host.class,
    image: control.image ?? active.images?.get(host.image) ?? host.image,
    isOff: control.isOff,
    starts: control.starts,
    diskMib: host.diskMib,
    state: control.state,
    stateBefore: control.stateBefore,
    limits: limitsOf(host),
    uidBase,
    forwarding: forwards(host),
    loopback: host.loopback === null ? [] : [host.loopback],
    interfaces,
    routes: plan.routes.get(host.id) ?? [],
    files: [...(plan.routing.get(host.id)?.files ?? []), ...filesToPut(host)],
    startup: [...(plan.routing.get(host.id)?.startup ?? []), ...commandsToRun(host)],
  }
}

/** A switch as it comes from the factory has all ports in VLAN 1, without tags. */
const portVlan = (vlan: LinkVlan | undefined): PortVlan =>
  vlan?.mode === 'trunk' ? { trunk: vlan.vids } : { access: vlan?.vid ?? 1 }

function switchSpecs(plan: SlicePlan, node: SubstrateNodeId): SwitchSpec[] {
  const { active } = plan
  return active.topology.lans
    .filter((lan) => active.nodes.get(lan.id) === node)
    .map((lan) => {
      const ends = active.topology.links.flatMap((link) =>
        link.ends.flatMap((end, i) =>
          end.kind === 'lan' && end.lan === lan.id ? [{ link, end: LETTERS[i === 0 ? 0 : 1], vlan: end.vlan }] : [],
        ),
      )
      return {
        key: partKey(active.reservation, lan.id),
        name: lan.name,
        ...(lan.stp && { stp: true as const }),
        ...(lan.vlanFiltering && { vlanFiltering: true as const }),
        ports: ends.map(({ link, end, vlan }, i) => {
          const key = known(active.keys, link.id, 'EGRE key of link')
          return {
            name: `port${i + 1}`,
            device: deviceName(key, end),
            link: partKey(active.reservation, link.id),
            mac: macAddress(key, end),
            mtuBytes: known(plan.mtuBytes, link.id, 'MTU of link'),
            ...(lan.vlanFiltering && { vlan: portVlan(vlan) }),
          }
        }),
      }
    })
}

/** The nodes a link visits from its first end to its second. */
function nodesAlong(
  start: SubstrateNodeId,
  path: readonly SubstrateLinkId[],
  underlays: ReadonlyMap<SubstrateLinkId, Underlay>,
) {
  const visited = [start]
  for (const id of path) {
    const underlay = known(underlays, id, 'substrate link')
    const at = visited.at(-1)
    if (at !== underlay.a.node && at !== underlay.b.node)
      throw new Error(`path breaks at ${id}: it does not touch ${at}`)
    visited.push(at === underlay.a.node ? underlay.b.node : underlay.a.node)
  }
  return visited
}

function linkSpec(
  plan: SlicePlan,
  link: VirtualLink,
  node: SubstrateNodeId,
  underlays: ReadonlyMap<SubstrateLinkId, Underlay>,
  live: Live,
) {
  const { active } = plan
  const rate = (over: SubstrateLinkId | null) => {
    const spec = linkRate(link, known(plan.mtuBytes, link.id, 'MTU of link'), over && underlays.get(over), live)
    return spec ? { rate: spec } : {}
  }
  const key = known(active.keys, link.id, 'EGRE key of link')
  const path = known(active.paths, link.id, 'path of link')
  const overrides = live.emulations?.get(active.reservation)
  const emulation = overrides?.has(link.id) ? (overrides.get(link.id) ?? null) : link.emulation
  const distanceMs = path.reduce((sum, id) => sum + (underlays.get(id)?.emulatedDelayMs ?? 0), 0)
  const lines = (...ends: (0 | 1)[]) => {
    const list = ends.flatMap((end) => lineOf(deviceName(key, LETTERS[end]), end, emulation, distanceMs) ?? [])
    const known = list.map((l) => (l.trace !== null && live.traces?.has(l.trace) ? l : { ...l, trace: null }))
    return known.length > 0 ? { lines: known } : {}
  }
  const start = known(active.nodes, virtualIdOf(link.ends[0]), 'placement of')
  if (path.length === 0) {
    if (start !== node) return null
    return {
      kind: 'local',
      key: partKey(active.reservation, link.id),
      a: deviceName(key, 'a'),
      b: deviceName(key, 'b'),
      ...rate(null),
      ...lines(0, 1),
    } satisfies LinkSpec
  }
  const visited = nodesAlong(start, path, underlays)
  const at = visited.indexOf(node)
  if (at < 0) return null
  const [before, after] = [path[at - 1], path[at]]
  if (before !== undefined && after !== undefined)
    return {
      kind: 'relay',
      key: partKey(active.reservation, link.id),
      a: { underlay: before, key },
      b: { underlay: after, key },
      ...rate(after),
    } satisfies LinkSpec
  const underlay = before ?? after
  if (underlay === undefined) return null
  return {
    kind: 'end',
    key: partKey(active.reservation, link.id),
    device: deviceName(key, at === 0 ? 'a' : 'b'),
    tunnel: { underlay, key },
    ...rate(underlay),
    ...lines(at === 0 ? 0 : 1),
  } satisfies LinkSpec
}

function sliverSpec(
  plan: SlicePlan,
  node: SubstrateNodeId,
  underlays: ReadonlyMap<SubstrateLinkId, Underlay>,
  live: Live,
): SliverSpec {
  const { active } = plan
  const { topology } = active
  const controls = live.controls?.get(active.reservation)
  const outside = { gateways: live.gateways, underlay: indexOf(underlays).addresses }
  const linkOf = new Map<string, [VirtualLink, EndLetter]>()
  for (const link of topology.links)
    for (const [i, end] of link.ends.entries())
      if (end.kind === 'interface') linkOf.set(end.interface, [link, LETTERS[i === 0 ? 0 : 1]])
  return {
    slice: active.slice,
    reservation: active.reservation,
    label: active.label,
    uidBase: known(active.uidBases, node, 'user id range on node'),
    hosts: topology.hosts
      .filter((h) => active.nodes.get(h.id) === node)
      .map((h) => hostSpec(plan, h, controls?.get(h.id) ?? NO_CONTROL, linkOf, outside)),
    switches: switchSpecs(plan, node),
    links: topology.links.flatMap((l) => linkSpec(plan, l, node, underlays, live) ?? []),
    names: plan.names,
    ...(topology.datapath && { datapath: topology.datapath }),
  }
}

function tracesIn(slivers: readonly SliverSpec[], live: Live) {
  const lines = slivers.flatMap((s) => s.links.flatMap((l) => (l.kind === 'relay' ? [] : (l.lines ?? []))))
  const ids = new Set(lines.flatMap((l) => l.trace ?? []))
  return [...ids].toSorted().map((id) => ({ id, steps: (live.traces?.get(id) ?? []).map((run): TraceRun => [...run]) }))
}

/**
 * The spec of one node from everything that is to run. Slices are taken in the order of their ids, so that the same
 * state always gives the same document and a comparison tells whether anything changed.
 */
export function compileNodeSpec(
  node: SubstrateNodeId,
  plans: readonly SlicePlan[],
  underlays: ReadonlyMap<SubstrateLinkId, Underlay>,
  live: Live = { idle: true },
): NodeSpecBody {
  const mine = plans
    .filter((plan) => plan.nodes.has(node))
    .toSorted((a, b) => (a.active.reservation < b.active.reservation ? -1 : 1))
  const slivers = mine.map((plan) => sliverSpec(plan, node, underlays, live))
  const traces = tracesIn(slivers, live)
  return {
    format: 'myvini-node-spec/1',
    node,
    underlays: (indexOf(underlays).ofNode.get(node) ?? [])
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((u) => {
        const [local, remote] = u.a.node === node ? [u.a, u.b] : [u.b, u.a]
        const capacityKbps = underlayKbps(u)
        // As the kernel will tell it: another way to write the same IPv6 address would look like a change each time.
        const [from, to] = [canonicalAddress(local.address), canonicalAddress(remote.address)]
        return { id: u.id, local: from, remote: to, mtuBytes: u.mtuBytes, capacityKbps }
      }),
    ...(traces.length > 0 && { traces }),
    slivers,
  }
}
