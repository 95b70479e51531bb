// Which kernel objects does a node spec ask for?
import { deviceMark, endOfDevice } from '../desired/naming'
import type { HostSpec, LinkSpec, NodeSpec, SliverSpec } from '../desired/node-spec'
import type {
  BridgeConfig,
  Container,
  Device,
  DeviceConfig,
  Limits,
  Line,
  Namespace,
  NamespaceConfig,
  Owner,
  Shape,
  ShapePlace,
  Target,
  TunnelEntry,
  UnderlayEntry,
  VirtualEntry,
} from './kernel-state'

export interface WantedDevice {
  device: Device
  config: DeviceConfig
  link: string
}

export interface WantedNamespace {
  namespace: Namespace
  config: NamespaceConfig
  /** A LAN's namespace is a bridge and nothing else. */
  isLan: boolean
  /** Of a LAN that is more than a plain one. */
  bridge?: BridgeConfig
}

export interface WantedContainer {
  container: Container
  /** Whatever is not the same makes it another container: it is ended and started anew. */
  identity: unknown
}

export interface Wanted {
  owners: Map<string, Owner>
  namespaces: Map<string, WantedNamespace>
  devices: Map<string, WantedDevice>
  /** By host. */
  limits: Map<string, Limits>
  containers: Map<string, WantedContainer>
  underlays: Map<string, UnderlayEntry>
  /** By device. */
  virtual: Map<string, VirtualEntry>
  /** By `underlay key`. */
  tunnels: Map<string, TunnelEntry>
  /** By place; `link` is null for a whole underlay. Underlays come first: their links hang below them. */
  shapes: Map<string, Shape & { link: string | null }>
  /** By device. */
  lines: Map<string, Line & { link: string }>
}

export const tunnelId = (t: { underlay: string; key: number }): string => `${t.underlay} ${t.key}`

export const shapeId = (at: ShapePlace): string =>
  at.kind === 'underlay' ? at.underlay : at.kind === 'device' ? `> ${at.device}` : `${at.underlay} ${at.key}`

/** One bridge a LAN, and the LAN's namespace holds nothing else. */
export const BRIDGE = 'br0'

/** The mark of a device follows from its name, `mv` + key in hex + end: one source of truth. */
function markOf(device: string): Device['mark'] {
  return deviceMark(Number.parseInt(device.slice(2, 10), 16), endOfDevice(device)) as Device['mark'] // built from the prefix itself
}

/** The user namespace of a sliver is named by its id range, which no two slivers of a node share. */
export const ownerName = (uidBase: number): string => `u${uidBase}`

/** Whose user namespace a host is in: its own, or the one that the slice's hosts on this node share. */
export const hostOwner = (sliver: Pick<SliverSpec, 'uidBase'>, host: Pick<HostSpec, 'uidBase'>): string =>
  ownerName(host.uidBase ?? sliver.uidBase)

function containerOf(host: HostSpec, owner: string): WantedContainer {
  const same = { container: host.key, owner, image: host.image, state: String(host.state) }
  const { name, files, startup, starts, diskMib } = host
  return { container: { ...same, diskMib }, identity: { ...same, name, files, startup, starts } }
}

function expandSliver(sliver: SliverSpec, wanted: Wanted) {
  const owner = ownerName(sliver.uidBase)
  const shares = sliver.hosts.some((host) => host.uidBase === null)
  if (shares || sliver.switches.length > 0) wanted.owners.set(owner, { owner, uidBase: sliver.uidBase })
  const addDevice = (
    d: Omit<Device, 'mark'>,
    link: string,
    addresses: readonly string[],
    bridge: string | null,
    more: Pick<DeviceConfig, 'down' | 'vlan'> = {},
  ) => {
    const { device, namespace, interface: name, mtuBytes } = d
    wanted.devices.set(device, {
      device: { ...d, mark: markOf(device) },
      config: { device, namespace, interface: name, mtuBytes, addresses, bridge, ...more },
      link,
    })
  }
  for (const host of sliver.hosts) {
    const namespace = host.key
    const own = hostOwner(sliver, host)
    if (host.uidBase !== null) wanted.owners.set(own, { owner: own, uidBase: host.uidBase })
    if (host.limits !== null) wanted.limits.set(namespace, { namespace, ...host.limits })
    if (host.class === 'vserver' && !host.isOff) wanted.containers.set(host.key, containerOf(host, own))
    wanted.namespaces.set(namespace, {
      namespace: { namespace, owner: own },
      config: host.isOff
        ? { namespace, forwarding: false, loopback: [], routes: [], off: true }
        : { namespace, forwarding: host.forwarding, loopback: host.loopback, routes: host.routes },
      isLan: false,
    })
    for (const i of host.interfaces)
      addDevice(
        { device: i.device, namespace, interface: i.name, mac: i.mac, mtuBytes: i.mtuBytes },
        i.link,
        i.addresses,
        null,
        host.isOff ? { down: true } : {},
      )
  }
  for (const lan of sliver.switches) {
    const namespace = lan.key
    wanted.namespaces.set(namespace, {
      namespace: { namespace, owner },
      config: { namespace, forwarding: false, loopback: [], routes: [] },
      isLan: true,
      ...((lan.stp || lan.vlanFiltering) && {
        bridge: { ...(lan.stp && { stp: true }), ...(lan.vlanFiltering && { vlanFiltering: true }) },
      }),
    })
    for (const p of lan.ports)
      addDevice(
        { device: p.device, namespace, interface: p.name, mac: p.mac, mtuBytes: p.mtuBytes },
        p.link,
        [],
        BRIDGE,
        p.vlan ? { vlan: p.vlan } : {},
      )
  }
  for (const link of sliver.links) expandLink(link, wanted)
}

/** Where this node sends frames of the link out: on the next hops, or at once into the virtual hosts. */
function outward(link: LinkSpec): Target[] {
  switch (link.kind) {
    case 'local':
      return [link.a, link.b].map((device) => ({ kind: 'device', device }))
    case 'end':
      return [{ kind: 'tunnel', ...link.tunnel }]
    case 'relay':
      return [link.a, link.b].map((t) => ({ kind: 'tunnel', ...t }))
  }
}

function expandLink(link: LinkSpec, wanted: Wanted) {
  const fromDevice = (device: string, to: VirtualEntry['to']) =>
    wanted.virtual.set(device, { device, link: link.key, to })
  const fromTunnel = (t: { underlay: string; key: number }, to: TunnelEntry['to']) =>
    wanted.tunnels.set(tunnelId(t), { underlay: t.underlay, key: t.key, link: link.key, to })
  for (const at of link.rate ? outward(link) : []) {
    const { kbps: rateKbps, ceilKbps } = link.rate ?? { kbps: 0, ceilKbps: 0 }
    wanted.shapes.set(shapeId(at), { at, rateKbps, ceilKbps, link: link.key })
  }
  if (link.kind !== 'relay')
    for (const line of link.lines ?? []) wanted.lines.set(line.device, { ...line, link: link.key })
  switch (link.kind) {
    case 'local':
      fromDevice(link.a, { kind: 'device', device: link.b })
      fromDevice(link.b, { kind: 'device', device: link.a })
      return
    case 'end':
      fromDevice(link.device, { kind: 'tunnel', ...link.tunnel })
      fromTunnel(link.tunnel, { kind: 'device', device: link.device })
      return
    case 'relay':
      fromTunnel(link.a, { kind: 'tunnel', ...link.b })
      fromTunnel(link.b, { kind: 'tunnel', ...link.a })
      return
  }
}

const expanded = new WeakMap<object, Wanted>()

/**
 * Keys are unique over the substrate, so a clash here means that two slivers were given the same lease. A spec is never
 * changed in place, so the answer is kept beside it: planner and assessment of one pass ask for the same.
 */
export function expandSpec(spec: Pick<NodeSpec, 'underlays' | 'slivers'>): Wanted {
  const known = expanded.get(spec) ?? expand(spec)
  expanded.set(spec, known)
  return known
}

function expand(spec: Pick<NodeSpec, 'underlays' | 'slivers'>): Wanted {
  const wanted: Wanted = {
    owners: new Map(),
    namespaces: new Map(),
    devices: new Map(),
    limits: new Map(),
    containers: new Map(),
    underlays: new Map(
      spec.underlays.map((u) => [u.id, { underlay: u.id, local: u.local, remote: u.remote, mtuBytes: u.mtuBytes }]),
    ),
    virtual: new Map(),
    tunnels: new Map(),
    shapes: new Map(),
    lines: new Map(),
  }
  for (const { id: underlay, capacityKbps } of spec.underlays) {
    if (capacityKbps === undefined) continue
    const at: ShapePlace = { kind: 'underlay', underlay }
    wanted.shapes.set(shapeId(at), { at, rateKbps: capacityKbps, ceilKbps: capacityKbps, link: null })
  }
  for (const sliver of spec.slivers) expandSliver(sliver, wanted)
  return wanted
}
