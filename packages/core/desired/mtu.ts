// How large may a frame's payload be on a virtual link? Computed, never hoped for (decision 12).
import type { SubstrateLinkId } from '../ids'
import type { SubstrateLink } from '../substrate/substrate'

/** Inner Ethernet 14 + GRE with key 8 (RFC 2890) + outer IPv4 20 or IPv6 40 (RFC 8200). */
export const EGRE_OVERHEAD_BYTES = { 4: 42, 6: 62 } as const

/** Both ends on one node: nothing is added, the guest has what Ethernet gives. */
export const LOCAL_MTU_BYTES = 1500

/** The least along the path after encapsulation, at most 1,500: guests expect Ethernet. */
export function pathMtuBytes(
  path: readonly SubstrateLinkId[],
  links: ReadonlyMap<SubstrateLinkId, Pick<SubstrateLink, 'mtuBytes'> & { ipVersion: 4 | 6 }>,
): number {
  let least = LOCAL_MTU_BYTES
  for (const id of path) {
    const link = links.get(id)
    if (!link) throw new Error(`path uses the substrate link ${id}, which is not in the substrate`)
    least = Math.min(least, link.mtuBytes - EGRE_OVERHEAD_BYTES[link.ipVersion])
  }
  return least
}
