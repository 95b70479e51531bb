// What does it cost an interior gateway protocol to send over a virtual link?
import type { VirtualLink } from '../topology/topology'

/** A link of this capacity costs 1; slower ones proportionally more (the reference bandwidth of OSPF, RFC 2328 §C.3). */
const REFERENCE_MBPS = 10_000

/** OSPF has 16 bits for it (RFC 2328 §A.4.2), less than IS-IS with wide metrics (RFC 5305), so this fits both. */
export const MOST_COST = 65_535

/** What a person typed, else what follows from the capacity: 10 Gbit/s costs 1, 20 Mbit/s costs 500. */
export function linkCost(link: Pick<VirtualLink, 'capacityMbps' | 'cost'>): number {
  if (link.cost !== null) return link.cost
  return Math.min(MOST_COST, Math.max(1, Math.round(REFERENCE_MBPS / link.capacityMbps)))
}
