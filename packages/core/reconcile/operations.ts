// What can the agent ask of the node's kernel? The operations of kernel/PROTOCOL.md, as data.
import type {
  BridgeConfig,
  Container,
  Device,
  DeviceConfig,
  FastHost,
  FastMode,
  Limits,
  Line,
  Namespace,
  NamespaceConfig,
  Shape,
  ShapePlace,
  TunnelEntry,
  UnderlayEntry,
  VirtualEntry,
} from './kernel-state'

export type Operation =
  | { op: 'owner.create'; owner: string; uidBase: number; uidCount: number }
  | { op: 'owner.delete'; owner: string }
  | ({ op: 'namespace.create' } & Namespace)
  | ({ op: 'namespace.configure' } & NamespaceConfig)
  | { op: 'namespace.delete'; namespace: string }
  | ({ op: 'bridge.create'; namespace: string; name: string; ports: string[] } & BridgeConfig)
  | ({ op: 'veth.create' } & Device)
  | ({ op: 'veth.configure'; alias: string } & DeviceConfig)
  | { op: 'device.delete'; devices: string[] }
  | ({ op: 'underlay.set' } & UnderlayEntry)
  | { op: 'underlay.delete'; underlay: string }
  | ({ op: 'virtual.set' } & VirtualEntry)
  | { op: 'virtual.delete'; device: string }
  | ({ op: 'tunnel.set' } & TunnelEntry)
  | { op: 'tunnel.delete'; underlay: string; key: number }
  | ({ op: 'limits.set'; fingerprint: string } & Limits)
  | { op: 'limits.delete'; namespace: string }
  | ({ op: 'container.start'; fingerprint: string } & Container)
  | { op: 'container.delete'; container: string }
  | ({ op: 'shape.set'; link: string | null } & Shape)
  | { op: 'shape.delete'; at: ShapePlace }
  | ({ op: 'line.set'; link: string } & Line)
  | { op: 'line.delete'; device: string }
  | ({ op: 'fast.set' } & FastHost)
  | { op: 'fast.delete'; namespace: string }
  | { op: 'fast.underlay'; underlay: string; mode: FastMode }

/** What an operation is about, so that its failure can be told of the right host or link. */
export function subjectOf(op: Operation): { device?: string; namespace?: string; link?: string; underlay?: string } {
  switch (op.op) {
    case 'namespace.create':
    case 'namespace.configure':
    case 'namespace.delete':
    case 'limits.set':
    case 'limits.delete':
    case 'bridge.create':
      return { namespace: op.namespace }
    case 'container.start':
    case 'container.delete':
      return { namespace: op.container }
    case 'veth.create':
    case 'veth.configure':
      return { device: op.device }
    case 'virtual.set':
      return { device: op.device, link: op.link }
    case 'virtual.delete':
      return { device: op.device }
    case 'tunnel.set':
      return { link: op.link }
    case 'underlay.set':
    case 'underlay.delete':
      return { underlay: op.underlay }
    case 'shape.set':
      if (op.link !== null) return { link: op.link }
      return op.at.kind === 'underlay' ? { underlay: op.at.underlay } : {}
    case 'line.set':
      return { link: op.link }
    // Without the fast path all is as it should be, only slower: that is no failure of a host or link.
    case 'fast.set':
    case 'fast.delete':
    case 'fast.underlay':
    case 'line.delete':
    case 'shape.delete':
    case 'owner.create':
    case 'owner.delete':
    case 'device.delete':
    case 'tunnel.delete':
      return {}
  }
}
