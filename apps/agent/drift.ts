// What was found changed on the node although nobody had asked for it? Told from the operations that put it right.
import type { Drift } from '@myvini/core/desired/drift'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import type { Wanted } from '@myvini/core/reconcile/expand'
import type { Observed } from '@myvini/core/reconcile/kernel-state'
import type { Operation } from '@myvini/core/reconcile/operations'

export type Finding = Omit<Drift, 'at' | 'since' | 'times'>

/** Made anew in the same pass: what hangs on it is made anew with it and is no finding of its own. */
interface Remade {
  namespaces: ReadonlySet<string>
  links: ReadonlySet<string>
  underlays: ReadonlySet<string>
}

function remadeBy(ops: readonly Operation[], wanted: Wanted): Remade {
  const namespaces = new Set<string>()
  const links = new Set<string>()
  const underlays = new Set<string>()
  for (const op of ops) {
    if (op.op === 'namespace.create') namespaces.add(op.namespace)
    if (op.op === 'veth.create') links.add(wanted.devices.get(op.device)?.link ?? '')
    if (op.op === 'shape.set' && op.link === null && op.at.kind === 'underlay') underlays.add(op.at.underlay)
  }
  return { namespaces, links, underlays }
}

function describe(op: Operation, wanted: Wanted, there: ReadonlySet<string>, remade: Remade): Finding | null {
  const ofLink = (kind: Finding['kind'], link: string, what: string): Finding | null =>
    remade.links.has(link) ? null : { kind, link, what }
  switch (op.op) {
    case 'veth.create': {
      const { interface: name, namespace, device } = op
      if (remade.namespaces.has(namespace)) return null
      const isThere = there.has(device)
      return {
        kind: isThere ? 'interface-damaged' : 'interface-gone',
        host: namespace,
        interface: name,
        link: wanted.devices.get(device)?.link,
        what: `interface ${name} of ${namespace} was ${isThere ? 'damaged' : 'gone'}; it was made again`,
      }
    }
    case 'namespace.create': {
      const { namespace: host } = op
      return { kind: 'namespace-gone', host, what: `the network namespace of ${host} was gone; it was made again` }
    }
    case 'namespace.delete':
      return {
        kind: 'stray',
        what: `a network namespace ${op.namespace} was there that no spec has; it was removed`,
      }
    case 'device.delete': {
      // A pair of which one end is elsewhere goes before it is made anew: that is told above.
      const strays = op.devices.filter((device) => !wanted.devices.has(device))
      if (strays.length === 0) return null
      const some = strays.slice(0, 5).join(', ')
      return {
        kind: 'stray',
        what: `${strays.length} devices were there that no spec has: ${some}; they were removed`,
      }
    }
    case 'virtual.set':
      return ofLink(
        'path-missing',
        op.link,
        `the path from ${op.device} of link ${op.link} was missing; it was set again`,
      )
    case 'tunnel.set':
      return ofLink(
        'path-missing',
        op.link,
        `the path of link ${op.link} from neighbour ${op.underlay} was missing; it was set again`,
      )
    case 'tunnel.delete':
      return { kind: 'stray', what: `a path for key ${op.key} was there that no spec has; it was removed` }
    case 'underlay.set':
      return { kind: 'neighbour-lost', what: `the neighbour ${op.remote} was unknown; it was looked up again` }
    case 'container.start': {
      const { container: host } = op
      if (remade.namespaces.has(host)) return null
      return { kind: 'container-ended', host, what: `the container of ${host} had ended; it was started again` }
    }
    case 'container.delete':
      return wanted.containers.has(op.container)
        ? null // told of as it is started again
        : { kind: 'stray', what: `a container ${op.container} was there that no spec has; it was ended` }
    case 'shape.set': {
      if (op.link !== null) {
        const isBelow = op.at.kind === 'tunnel' && remade.underlays.has(op.at.underlay)
        return isBelow
          ? null
          : ofLink('rate-lost', op.link, `the rate of link ${op.link} was not kept; it was set again`)
      }
      const to = op.at.kind === 'underlay' ? op.at.underlay : ''
      return {
        kind: 'queue-changed',
        what: `the queue that keeps rates to neighbour ${to} was gone or changed; it was set again`,
      }
    }
    case 'limits.set': {
      const { namespace: host } = op
      return { kind: 'limits-lost', host, what: `the limits of ${host} were gone; they were set again` }
    }
    case 'line.set':
      return ofLink(
        'emulation-changed',
        op.link,
        `the emulation of link ${op.link} towards ${op.device} was gone or changed; it was set again`,
      )
    case 'fast.set':
    case 'fast.delete':
    case 'fast.underlay':
    case 'line.delete':
    case 'shape.delete':
    case 'limits.delete':
    case 'owner.create':
    case 'owner.delete':
    case 'namespace.configure':
    case 'bridge.create':
    case 'veth.configure':
    case 'virtual.delete':
    case 'underlay.delete':
      return null // follows from one of those above
  }
}

/** Whose each host, LAN and link is. */
function ownersIn(spec: NodeSpec): Map<string, Finding['reservation']> {
  return new Map(
    spec.slivers.flatMap((s) =>
      [...s.hosts, ...s.switches, ...s.links].map((part) => [part.key, s.reservation] as const),
    ),
  )
}

/** The same with the reservation that the thing belongs to. */
export function withReservation(findings: readonly Finding[], spec: NodeSpec): Finding[] {
  const owners = ownersIn(spec)
  return findings.map((finding) => {
    const reservation = owners.get(finding.host ?? finding.link ?? '')
    return reservation === undefined ? finding : { ...finding, reservation }
  })
}

const MOST = 20

/** At most twenty: a node that lost everything says so once, not ten thousand times. */
export function findDrift(ops: readonly Operation[], wanted: Wanted, observed: Observed): Finding[] {
  const there = new Set(observed.devices.map((d) => d.device))
  const remade = remadeBy(ops, wanted)
  const found = ops.flatMap((op) => describe(op, wanted, there, remade) ?? [])
  // Both directions of a link say the same of it.
  const once = [
    ...new Map(found.map((f) => [`${f.kind} ${f.host ?? ''} ${f.interface ?? ''} ${f.link ?? f.what}`, f])).values(),
  ]
  if (once.length <= MOST) return once
  return [...once.slice(0, MOST - 1), { kind: 'stray', what: `… and ${once.length - MOST + 1} more findings` }]
}
