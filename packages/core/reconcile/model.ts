// What would a node's kernel hold after an operation? A model of `trellis`: the agent tells progress by it between two
// looks at the kernel, simulated nodes live by it, and tests hold the planner against it.
import { shapeId, tunnelId } from './expand'
import type {
  FastHost,
  FastUnderlay,
  Line,
  Observed,
  ObservedDevice,
  Shape,
  TunnelEntry,
  UnderlayEntry,
  VirtualEntry,
} from './kernel-state'
import type { Operation } from './operations'

/** Keyed form of `Observed`, changed in place: one node has tens of thousands of things. */
export class KernelModel {
  private owners = new Map<string, number>()
  private namespaces = new Set<string>()
  private devices = new Map<string, ObservedDevice>()
  private limits = new Map<string, string>()
  private containers = new Map<string, string | null>()
  private underlays = new Map<string, UnderlayEntry & { resolved: boolean; device: string | null }>()
  private virtual = new Map<string, VirtualEntry>()
  private tunnels = new Map<string, TunnelEntry>()
  private shapes = new Map<string, Shape>()
  private lines = new Map<string, Line>()
  private fastHosts = new Map<string, FastHost>()
  private fastUnderlays = new Map<string, FastUnderlay>()

  constructor(observed?: Observed) {
    for (const o of observed?.owners ?? []) this.owners.set(o.owner, o.uidBase)
    for (const n of observed?.namespaces ?? []) this.namespaces.add(n)
    for (const d of observed?.devices ?? []) this.devices.set(d.device, d)
    for (const l of observed?.limits ?? []) this.limits.set(l.namespace, l.fingerprint)
    for (const c of observed?.containers ?? []) this.containers.set(c.container, c.fingerprint)
    for (const u of observed?.underlays ?? []) this.underlays.set(u.underlay, u)
    for (const v of observed?.virtual ?? []) this.virtual.set(v.device, v)
    for (const t of observed?.tunnels ?? []) this.tunnels.set(tunnelId(t), t)
    for (const s of observed?.shapes ?? []) this.shapes.set(shapeId(s.at), s)
    for (const l of observed?.lines ?? []) this.lines.set(l.device, l)
    for (const h of observed?.fast?.hosts ?? []) this.fastHosts.set(h.namespace, h)
    for (const u of observed?.fast?.underlays ?? []) this.fastUnderlays.set(u.underlay, u)
  }

  observe(): Observed {
    return {
      owners: [...this.owners].map(([owner, uidBase]) => ({ owner, uidBase })),
      namespaces: [...this.namespaces],
      devices: [...this.devices.values()],
      limits: [...this.limits].map(([namespace, fingerprint]) => ({ namespace, fingerprint })),
      containers: [...this.containers].map(([container, fingerprint]) => ({ container, fingerprint })),
      underlays: [...this.underlays.values()],
      virtual: [...this.virtual.values()],
      tunnels: [...this.tunnels.values()],
      shapes: [...this.shapes.values()],
      lines: [...this.lines.values()],
      fast: { hosts: [...this.fastHosts.values()], underlays: [...this.fastUnderlays.values()] },
    }
  }

  private dropDevice(device: string) {
    this.devices.delete(device)
    // The kernel's entries hold a device by number: with the device they are dead, though they may still be listed.
    this.virtual.delete(device)
    this.shapes.delete(shapeId({ kind: 'device', device }))
    this.lines.delete(device)
  }

  apply(op: Operation): void {
    switch (op.op) {
      case 'owner.create':
        this.owners.set(op.owner, op.uidBase)
        return
      case 'owner.delete':
        this.owners.delete(op.owner)
        return
      case 'namespace.create':
        this.namespaces.add(op.namespace)
        return
      case 'namespace.delete':
        this.namespaces.delete(op.namespace)
        this.fastHosts.delete(op.namespace)
        // All processes in it end, and the first of a container is one of them.
        if (this.containers.has(op.namespace)) this.containers.set(op.namespace, null)
        for (const d of [...this.devices.values()]) if (d.namespace === op.namespace) this.dropDevice(d.device)
        return
      case 'namespace.configure':
      case 'bridge.create':
        return // inside a guest: not observed
      case 'veth.create': {
        const { device, mark, mtuBytes, namespace } = op
        this.devices.set(device, { device, mark, alias: '', up: true, mtuBytes, attached: true, namespace })
        return
      }
      case 'veth.configure': {
        const device = this.devices.get(op.device)
        if (device) this.devices.set(op.device, { ...device, alias: op.alias, mtuBytes: op.mtuBytes })
        return
      }
      case 'limits.set':
        this.limits.set(op.namespace, op.fingerprint)
        return
      case 'limits.delete':
        this.limits.delete(op.namespace)
        return
      case 'container.start':
        this.containers.set(op.container, op.fingerprint)
        return
      case 'container.delete':
        this.containers.delete(op.container)
        return
      case 'device.delete':
        for (const device of op.devices) this.dropDevice(device)
        return
      case 'underlay.set': {
        const { op: _, ...entry } = op
        this.underlays.set(op.underlay, { ...entry, resolved: true, device: 'underlay' })
        return
      }
      case 'underlay.delete':
        this.underlays.delete(op.underlay)
        this.fastUnderlays.delete(op.underlay)
        for (const [id, { at }] of [...this.shapes])
          if (at.kind !== 'device' && at.underlay === op.underlay) this.shapes.delete(id)
        return
      case 'virtual.set': {
        const { op: _, ...entry } = op
        this.virtual.set(op.device, entry)
        return
      }
      case 'virtual.delete':
        this.virtual.delete(op.device)
        return
      case 'tunnel.set': {
        const { op: _, ...entry } = op
        this.tunnels.set(tunnelId(op), entry)
        return
      }
      case 'tunnel.delete':
        this.tunnels.delete(tunnelId(op))
        this.shapes.delete(shapeId({ kind: 'tunnel', underlay: op.underlay, key: op.key }))
        return
      case 'shape.set':
        this.shapes.set(shapeId(op.at), { at: op.at, rateKbps: op.rateKbps, ceilKbps: op.ceilKbps })
        return
      case 'line.set': {
        const { op: _, link: __, ...line } = op
        this.lines.set(op.device, line)
        return
      }
      case 'line.delete':
        this.lines.delete(op.device)
        return
      case 'fast.set':
        this.fastHosts.set(op.namespace, { namespace: op.namespace, devices: op.devices, xdp: op.xdp })
        return
      case 'fast.delete':
        this.fastHosts.delete(op.namespace)
        return
      case 'fast.underlay':
        if (op.mode === 'off') this.fastUnderlays.delete(op.underlay)
        else this.fastUnderlays.set(op.underlay, { underlay: op.underlay, mode: op.mode, in: true })
        return
      case 'shape.delete':
        this.shapes.delete(shapeId(op.at))
        return
    }
  }
}
