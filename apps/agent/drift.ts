// What was found changed on the node although nobody had asked for it? In words, from the operations that put it right.
import type { Wanted } from '@myvini/core/reconcile/expand'
import type { Operation } from '@myvini/core/reconcile/operations'

function describe(op: Operation, wanted: Wanted): string | null {
  switch (op.op) {
    case 'veth.create': {
      const { interface: name, namespace } = op
      return `interface ${name} of ${namespace} was gone or damaged; it was made again`
    }
    case 'namespace.create':
      return `the network namespace of ${op.namespace} was gone; it was made again`
    case 'namespace.delete':
      return `a network namespace ${op.namespace} was there that no spec has; it was removed`
    case 'device.delete':
      return `${op.devices.length} devices were there that no spec has: ${op.devices.slice(0, 5).join(', ')}; they were removed`
    case 'virtual.set':
      return wanted.devices.has(op.device)
        ? `the path from ${op.device} of link ${op.link} was missing; it was set again`
        : null
    case 'tunnel.set':
      return `the path of link ${op.link} from neighbour ${op.underlay} was missing; it was set again`
    case 'tunnel.delete':
      return `a path for key ${op.key} was there that no spec has; it was removed`
    case 'underlay.set':
      return `the neighbour ${op.remote} was unknown; it was looked up again`
    case 'container.start':
      return `the container of ${op.container} had ended; it was started again`
    case 'container.delete':
      return `a container ${op.container} was there that no spec has, or in another form; it was ended`
    case 'shape.set':
      return op.link === null
        ? `the queue that keeps rates to neighbour ${op.at.kind === 'underlay' ? op.at.underlay : ''} was gone or changed; it was set again`
        : `the rate of link ${op.link} was not kept; it was set again`
    case 'limits.set':
      return `the limits of ${op.namespace} were gone; they were set again`
    case 'line.set':
      return `the emulation of link ${op.link} towards ${op.device} was gone or changed; it was set again`
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

/** At most twenty lines: a node that lost everything says so once, not ten thousand times. */
export function describeDrift(ops: readonly Operation[], wanted: Wanted): string[] {
  const lines = ops.flatMap((op) => describe(op, wanted) ?? [])
  return lines.length <= 20 ? lines : [...lines.slice(0, 19), `… and ${lines.length - 19} more`]
}
