// Which things does MyVINI keep in a node's kernel? One vocabulary for what should be there and what is.
import type { MARK_PREFIX } from '../desired/naming'
import type { LineSpec, PortVlan } from '../desired/node-spec'

/** A user namespace that owns the network namespaces of one sliver. */
export interface Owner {
  owner: string
  uidBase: number
}

export interface Namespace {
  namespace: string
  owner: string
}

/** A veth pair: `device` on the node, `interface` in the namespace. */
export interface Device {
  device: string
  namespace: string
  interface: string
  mac: string
  mtuBytes: number
  mark: `${typeof MARK_PREFIX}-${string}`
}

export type Target = { kind: 'device'; device: string } | { kind: 'tunnel'; underlay: string; key: number }

/** Where frames that come from a virtual interface go: the short bridge. */
export interface VirtualEntry {
  device: string
  link: string
  to: Target
}

/** Where frames with this key from this neighbour go. */
export interface TunnelEntry {
  underlay: string
  key: number
  link: string
  to: Target
}

export interface UnderlayEntry {
  underlay: string
  local: string
  remote: string
  mtuBytes: number
}

/** Where a rate is kept: all that goes to a neighbour, one link on its way there, or what goes into a virtual host. */
export type ShapePlace = { kind: 'underlay'; underlay: string } | Target

export interface Shape {
  at: ShapePlace
  rateKbps: number
  ceilKbps: number
}

/** What is done to frames on their way into a virtual interface, and to those from there. */
export type Line = LineSpec

/** Settings inside a namespace, set when it is made and when the spec changes; what a guest changes itself is its own. */
export interface NamespaceConfig {
  namespace: string
  forwarding: boolean
  /** Stopped by a person: whatever runs in it is ended. */
  off?: true
  loopback: readonly string[]
  routes: readonly { to: string; via: string; interface: string }[]
}

export interface DeviceConfig {
  device: string
  namespace: string
  interface: string
  mtuBytes: number
  addresses: readonly string[]
  /** Its host was stopped by a person. */
  down?: true
  /** The bridge of a LAN that it is a port of. */
  bridge: string | null
  /** Of that bridge, if it filters. */
  vlan?: PortVlan
}

/** What the switch of a LAN does beyond learning where hosts are. */
export interface BridgeConfig {
  stp?: true
  vlanFiltering?: true
}

/** What the processes of a virtual host may take, all together. */
export interface Limits {
  namespace: string
  cpuMilli: number
  cpuCapped: boolean
  cpus: string | null
  memoryMib: number
  processes: number
  diskMibps: number
}

/** A virtual host of class vserver: a container in the network namespace of that name. */
export interface Container {
  container: string
  owner: string
  image: string
  /** Which of its states: what it wrote to its disk since it was last made anew. */
  state: string
  /** How large its disk is; it takes effect when it starts. */
  diskMib: number
}

/**
 * A router that may be passed by, once it is known what its kernel does with packets of a kind; `devices` are the node's
 * sides of its interfaces.
 */
export interface FastHost {
  namespace: string
  devices: readonly string[]
  /** Also before its kernel makes packets of frames. Costs its interfaces segmentation offload. */
  xdp: boolean
  /** As observed: why its packets go by its kernel now, and whether flows of it may be known. */
  blocked?: readonly string[]
  cached?: boolean
}

/** `auto`: where the driver has XDP of its own; `on`: on a veth as well, over which it costs more than it saves. */
export type FastMode = 'off' | 'auto' | 'on'

export interface FastUnderlay {
  underlay: string
  mode: FastMode
  /** Frames that arrive there are looked at. */
  in: boolean
}

/** What the kernel holds of ours, as `trellis observe` tells. */
export interface Observed {
  owners: readonly Owner[]
  namespaces: readonly string[]
  devices: readonly ObservedDevice[]
  limits: readonly { namespace: string; fingerprint: string }[]
  /** `fingerprint`: of what it was started as; null when it has ended. */
  containers: readonly { container: string; fingerprint: string | null }[]
  underlays: readonly (UnderlayEntry & { resolved: boolean; device: string | null; isVeth?: boolean })[]
  virtual: readonly VirtualEntry[]
  tunnels: readonly TunnelEntry[]
  shapes: readonly Shape[]
  lines: readonly Line[]
  fast?: { hosts: readonly FastHost[]; underlays: readonly FastUnderlay[] }
}

export interface ObservedDevice {
  device: string
  mark: string
  /** What the agent wrote when it had configured the guest's end: a fingerprint of that configuration. */
  alias: string
  up: boolean
  mtuBytes: number
  attached: boolean
  namespace: string | null
}
