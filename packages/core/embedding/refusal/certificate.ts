// Is there a reason that needs no search? If so, the answer comes at once, and it is a proof.
import type { Instance } from '../instance'
import type { Core } from './core'
import { crowded, homeless, oversized } from './host-certificate'
import { hemmedIn, unroutable } from './link-certificate'

const CERTIFICATES: readonly ((instance: Instance) => Core | null)[] = [
  homeless,
  crowded,
  oversized,
  unroutable,
  hemmedIn,
]

export function certificate(instance: Instance): Core | null {
  for (const find of CERTIFICATES) {
    const core = find(instance)
    if (core) return core
  }
  return null
}
