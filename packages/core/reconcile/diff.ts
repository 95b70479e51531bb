// What has to be done so that a node's kernel is as its spec says? Observed and wanted in, operations in order out.
import type { NodeSpec } from '../desired/node-spec'
import {
  BRIDGE,
  expandSpec,
  shapeId,
  tunnelId,
  type Wanted,
  type WantedContainer,
  type WantedNamespace,
} from './expand'
import { fastOps } from './fast'
import type { DeviceConfig, Observed, ObservedDevice, Target } from './kernel-state'
import type { Operation } from './operations'

export interface DiffOptions {
  /** A short fingerprint of a JSON document; given from outside because core brings no hash of its own. */
  fingerprint: (document: unknown) => string
  /**
   * Fingerprint of what was last set in each namespace, by namespace. Guests own what is inside: it is written when a
   * namespace is made and when the spec changes, not whenever a researcher changes an address by hand.
   */
  configured: ReadonlyMap<string, string>
}

const UID_COUNT = 65_536

const sameTarget = (a: Target, b: Target): boolean =>
  a.kind === 'device'
    ? b.kind === 'device' && a.device === b.device
    : b.kind === 'tunnel' && tunnelId(a) === tunnelId(b)

/** Fingerprints of things that never change in place, made once; asking with another function makes them anew. */
const remembered = new WeakMap<object, { by: DiffOptions['fingerprint']; text: string }>()

function remember(thing: object, by: DiffOptions['fingerprint'], document: () => unknown): string {
  const known = remembered.get(thing)
  if (known?.by === by) return known.text
  const text = by(document())
  remembered.set(thing, { by, text })
  return text
}

/** What the agent records as done once a namespace is configured, and compares with before it does so again. */
export const namespaceFingerprint = (want: WantedNamespace, fingerprint: DiffOptions['fingerprint']): string =>
  remember(want, fingerprint, () => ({
    config: want.config,
    isLan: want.isLan,
    ...(want.bridge && { bridge: want.bridge }),
  }))

/** What is written on a device once the guest's end of it is configured. */
export const deviceAlias = (config: DeviceConfig, fingerprint: DiffOptions['fingerprint']): string =>
  remember(config, fingerprint, () => config)

/** Things that must go before anything is made: their names or keys may be needed again in another shape. */
function removals(wanted: Wanted, observed: Observed): Operation[] {
  const ops: Operation[] = []
  for (const { container } of observed.containers)
    if (!wanted.containers.has(container)) ops.push({ op: 'container.delete', container })
  // The kernel does not let go of a whole while it has parts.
  const gone = observed.shapes.filter((s) => !wanted.shapes.has(shapeId(s.at)))
  for (const isWhole of [false, true])
    for (const { at } of gone) if ((at.kind === 'underlay') === isWhole) ops.push({ op: 'shape.delete', at })
  for (const { device } of observed.lines) if (!wanted.lines.has(device)) ops.push({ op: 'line.delete', device })
  for (const entry of observed.tunnels) {
    if (!wanted.tunnels.has(tunnelId(entry)))
      ops.push({ op: 'tunnel.delete', underlay: entry.underlay, key: entry.key })
  }
  const stale = observed.devices.filter((d) => {
    const want = wanted.devices.get(d.device)
    return !want || want.device.mark !== d.mark || (d.namespace !== null && d.namespace !== want.device.namespace)
  })
  // With a device goes what leads from it.
  const going = new Set<string>(stale.map((d) => d.device))
  for (const { device } of observed.virtual)
    if (!wanted.virtual.has(device) && !going.has(device)) ops.push({ op: 'virtual.delete', device })
  if (stale.length > 0) ops.push({ op: 'device.delete', devices: stale.map((d) => d.device) })
  for (const namespace of observed.namespaces)
    if (!wanted.namespaces.has(namespace)) ops.push({ op: 'namespace.delete', namespace })
  // After the namespaces: with those the last processes end.
  for (const { namespace } of observed.limits)
    if (!wanted.limits.has(namespace)) ops.push({ op: 'limits.delete', namespace })
  for (const { owner } of observed.owners) if (!wanted.owners.has(owner)) ops.push({ op: 'owner.delete', owner })
  for (const { underlay } of observed.underlays)
    if (!wanted.underlays.has(underlay)) ops.push({ op: 'underlay.delete', underlay })
  return ops
}

function underlayOps(wanted: Wanted, observed: Observed): Operation[] {
  const there = new Map(observed.underlays.map((u) => [u.underlay, u]))
  return [...wanted.underlays.values()].flatMap((want): Operation[] => {
    const is = there.get(want.underlay)
    const same = is?.resolved && is.local === want.local && is.remote === want.remote && is.mtuBytes === want.mtuBytes
    return same ? [] : [{ op: 'underlay.set', ...want }]
  })
}

/** What a container is started as, to be told again from what the node says of it. */
export const containerFingerprint = (want: WantedContainer, fingerprint: DiffOptions['fingerprint']): string =>
  remember(want, fingerprint, () => want.identity)

/** One that runs in another form, or in a network namespace that is made anew, ends first. */
function containerOps(wanted: Wanted, observed: Observed, made: ReadonlySet<string>, options: DiffOptions) {
  const there = new Map(observed.containers.map((c) => [c.container, c.fingerprint]))
  const ops: { end: Operation[]; start: Operation[] } = { end: [], start: [] }
  for (const want of wanted.containers.values()) {
    const { container } = want.container
    const fingerprint = containerFingerprint(want, options.fingerprint)
    const is = there.get(container)
    if (is === fingerprint && !made.has(container)) continue
    if (typeof is === 'string') ops.end.push({ op: 'container.delete', container })
    ops.start.push({ op: 'container.start', fingerprint, ...want.container })
  }
  return ops
}

interface GuestOps {
  create: Operation[]
  wire: Operation[]
  configure: Operation[]
}

function deviceOps(wanted: Wanted, observed: Observed, made: ReadonlySet<string>, options: DiffOptions): GuestOps {
  const there = new Map<string, ObservedDevice>(observed.devices.map((d) => [d.device, d]))
  const ops: GuestOps = { create: [], wire: [], configure: [] }
  for (const { device, config } of wanted.devices.values()) {
    const is = there.get(device.device)
    // A namespace made anew takes nothing over from one of the same name: its pairs are made anew as well.
    const whole =
      is?.up &&
      is.attached &&
      is.mark === device.mark &&
      is.namespace === device.namespace &&
      !made.has(device.namespace)
    if (!whole) ops.create.push({ op: 'veth.create', ...device })
    const alias = deviceAlias(config, options.fingerprint)
    if (!whole || is.alias !== alias) ops.configure.push({ op: 'veth.configure', alias, ...config })
  }
  return ops
}

function entryOps(wanted: Wanted, observed: Observed, remade: ReadonlySet<string>): Operation[] {
  const virtual = new Map(observed.virtual.map((v) => [v.device, v]))
  const tunnels = new Map(observed.tunnels.map((t) => [tunnelId(t), t]))
  // An entry names a device by number inside the kernel: a device made anew has another one.
  const touches = (to: Target) => to.kind === 'device' && remade.has(to.device)
  const ops: Operation[] = []
  for (const want of wanted.virtual.values()) {
    const is = virtual.get(want.device)
    if (!is || is.link !== want.link || !sameTarget(is.to, want.to) || remade.has(want.device) || touches(want.to))
      ops.push({ op: 'virtual.set', ...want })
  }
  for (const [id, want] of wanted.tunnels) {
    const is = tunnels.get(id)
    if (!is || is.link !== want.link || !sameTarget(is.to, want.to) || touches(want.to))
      ops.push({ op: 'tunnel.set', ...want })
  }
  return ops
}

/** What an earlier operation of the same pass makes anew is shaped anew with it. */
function shapeOps(wanted: Wanted, observed: Observed, before: readonly Operation[]): Operation[] {
  const there = new Map(observed.shapes.map((s) => [shapeId(s.at), s]))
  const remade = new Set(
    before.flatMap((o) => (o.op === 'veth.create' ? [shapeId({ kind: 'device', device: o.device })] : [])),
  )
  return [...wanted.shapes].flatMap(([id, want]): Operation[] => {
    const is = there.get(id)
    const same = is && is.rateKbps === want.rateKbps && is.ceilKbps === want.ceilKbps && !remade.has(id)
    return same ? [] : [{ op: 'shape.set', ...want }]
  })
}

const LINE_FIELDS = [
  ...(['down', 'rateKbps', 'delayUs', 'jitterUs', 'uniform', 'loss', 'lossCorrelation', 'duplicate'] as const),
  ...(['reorder', 'corrupt', 'trace', 'loop'] as const),
]

function lineOps(wanted: Wanted, observed: Observed, remade: ReadonlySet<string>): Operation[] {
  const there = new Map(observed.lines.map((l) => [l.device, l]))
  return [...wanted.lines.values()].flatMap((want): Operation[] => {
    const is = there.get(want.device)
    const same = is && !remade.has(want.device) && LINE_FIELDS.every((f) => is[f] === want[f])
    return same ? [] : [{ op: 'line.set', ...want }]
  })
}

/**
 * Operations in the order they must happen: what is no longer wanted goes first, then neighbours, user and network
 * namespaces, interfaces, the paths between them, and last the addresses and routes, so that a guest's first packet
 * finds its way. Empty when the node is as it should be.
 */
export function diffNode(
  spec: Pick<NodeSpec, 'underlays' | 'slivers'>,
  observed: Observed,
  options: DiffOptions,
): Operation[] {
  const wanted = expandSpec(spec)
  const owners = new Set(observed.owners.map((o) => o.owner))
  const namespaces = new Set(observed.namespaces)
  const made = new Set([...wanted.namespaces.keys()].filter((n) => !namespaces.has(n)))

  const containers = containerOps(wanted, observed, made, options)
  const guest = deviceOps(wanted, observed, made, options)
  const remade = new Set(guest.create.flatMap((o) => (o.op === 'veth.create' ? [o.device] : [])))
  const fast = fastOps(spec, observed, remade)
  const ops = [...fast.before, ...removals(wanted, observed), ...containers.end]
  ops.push(...underlayOps(wanted, observed))
  for (const { owner, uidBase } of wanted.owners.values())
    if (!owners.has(owner)) ops.push({ op: 'owner.create', owner, uidBase, uidCount: UID_COUNT })
  for (const { namespace } of wanted.namespaces.values())
    if (made.has(namespace.namespace)) ops.push({ op: 'namespace.create', ...namespace })

  const limits = new Map(observed.limits.map((l) => [l.namespace, l.fingerprint]))
  for (const want of wanted.limits.values()) {
    const fingerprint = options.fingerprint(want)
    if (limits.get(want.namespace) !== fingerprint) ops.push({ op: 'limits.set', fingerprint, ...want })
  }

  ops.push(...guest.create, ...entryOps(wanted, observed, remade))
  ops.push(...shapeOps(wanted, observed, guest.create), ...lineOps(wanted, observed, remade))

  const configure = namespacesToConfigure(wanted, made, guest.configure, options)
  for (const { config, isLan, bridge } of configure)
    if (isLan) ops.push({ op: 'bridge.create', namespace: config.namespace, name: BRIDGE, ports: [], ...bridge })
  ops.push(...guest.configure)
  for (const { config } of configure) ops.push({ op: 'namespace.configure', ...config })
  ops.push(...fast.after)
  // Last: what starts in a host finds its interfaces, addresses and routes there.
  ops.push(...containers.start)
  return ops
}

function namespacesToConfigure(
  wanted: Wanted,
  made: ReadonlySet<string>,
  devices: readonly Operation[],
  options: DiffOptions,
) {
  // Routes over an interface that was made anew went with it, so they are set once more.
  const touched = new Set(devices.flatMap((o) => (o.op === 'veth.configure' ? [o.namespace] : [])))
  return [...wanted.namespaces.values()].filter((want) => {
    const name = want.namespace.namespace
    return (
      made.has(name) ||
      touched.has(name) ||
      options.configured.get(name) !== namespaceFingerprint(want, options.fingerprint)
    )
  })
}
