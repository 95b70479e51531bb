// The ops that make the parts of a slice, with the values most tests do not care about.
import { type Lab, type LabNode, onCable } from './lab'
import type { Op } from './trellis'

export const OWNER = 'slice'
const UID_BASE = 100_000

export const owner = (): Op => ({ op: 'owner.create', owner: OWNER, uidBase: UID_BASE, uidCount: 65_536 })

export const host = (namespace: string, forwarding = false, routes: object[] = []): Op[] => [
  { op: 'namespace.create', namespace, owner: OWNER },
  { op: 'namespace.configure', namespace, forwarding, loopback: [], routes },
]

interface InterfaceOptions {
  mtuBytes?: number
  bridge?: string
  name?: string
}

/** Interface number n of a test: 10.0.0.n and fd00::n, unless it is a port of a bridge. */
export function port(namespace: string, device: string, n: number, options: InterfaceOptions = {}): Op[] {
  const { mtuBytes = 1500, bridge = null, name = 'eth0' } = options
  const common = { device, namespace, interface: name, mtuBytes }
  const mac = `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`
  const addresses = bridge ? [] : [`10.0.0.${n}/24`, `fd00::${n}/64`]
  return [
    { op: 'veth.create', ...common, mac, mark: `myvini-${device}` },
    { op: 'veth.configure', ...common, addresses, bridge, alias: 'done' },
  ]
}

export type Place = { kind: 'device'; device: string } | { kind: 'tunnel'; underlay: string; key: number }
export const device = (name: string): Place => ({ kind: 'device', device: name })
export const tunnel = (underlay: string, key: number): Place => ({ kind: 'tunnel', underlay, key })

/** Both directions of a short bridge. */
export function join(link: string, a: Place, b: Place): Op[] {
  const half = (from: Place, to: Place): Op =>
    from.kind === 'device'
      ? { op: 'virtual.set', device: from.device, link, to }
      : { op: 'tunnel.set', underlay: from.underlay, key: from.key, link, to }
  return [half(a, b), half(b, a)]
}

export const underlay = (name: string, local: string, remote: string, mtuBytes = 1542): Op => ({
  ...{ op: 'underlay.set', underlay: name, local, remote, mtuBytes },
})

/** Neighbours a and b on the cable `network`, each knowing the other as `name`; both must be awake to find each other. */
export async function meet(a: LabNode, b: LabNode, name: string, network: string, mtuBytes = 1542): Promise<void> {
  await Promise.all([
    a.trellis.do(underlay(name, onCable(network, 1), onCable(network, 2), mtuBytes)),
    b.trellis.do(underlay(name, onCable(network, 2), onCable(network, 1), mtuBytes)),
  ])
}

/** Nodes a and b on one cable, each with a host `h` (10.0.0.1, 10.0.0.2) on device `v`, and a link between the two. */
export async function joinedPair(lab: Lab, key = 7): Promise<[LabNode, LabNode]> {
  const a = await lab.node('a')
  const b = await lab.node('b')
  lab.connect(a, b, '192.0.2')
  await meet(a, b, 'ab', '192.0.2')
  for (const [node, n] of [
    [a, 1],
    [b, 2],
  ] as const)
    await node.trellis.do(owner(), ...host('h'), ...port('h', 'v', n), ...join('l', device('v'), tunnel('ab', key)))
  return [a, b]
}
