// How much may a virtual link send, and how much is kept for it, on each hop of its path?
import type { VirtualLink } from '../topology/topology'
import { EGRE_OVERHEAD_BYTES } from './mtu'
import type { RateSpec } from './node-spec'

const ETHERNET_BYTES = 14

/** Part of the policy: whether links that ask for it may take what is idle. */
export interface Sharing {
  idle: boolean
}

interface Hop {
  a: { address: string }
  mtuBytes: number
  capacityMbps: number
}

/** Within what node specs and queues take: 1 kbit/s to 1 Tbit/s. */
const kbps = (value: number): number => Math.min(1_000_000_000, Math.max(1, Math.round(value)))

const overheadBytes = (hop: Hop) => EGRE_OVERHEAD_BYTES[hop.a.address.includes(':') ? 6 : 4]

/**
 * What the virtual links of one substrate link may send together. Capacities are those of inner frames, in topologies and
 * in the substrate alike, so the room for the outer headers of full frames comes on top of both.
 */
export function underlayKbps(hop: Hop): number {
  const least = hop.mtuBytes + ETHERNET_BYTES
  return kbps((hop.capacityMbps * 1000 * least) / (least - overheadBytes(hop)))
}

/**
 * A link's rate on one hop, or between two interfaces of one node (`over` null). `undefined`: no limit. Queues on the
 * underlay count whole outer packets: the rate is raised so that full frames pass at just the capacity drawn.
 */
export function linkRate(
  link: Pick<VirtualLink, 'capacityMbps' | 'useIdle'>,
  mtuBytes: number,
  over: Hop | null | undefined,
  sharing: Sharing,
): RateSpec | undefined {
  const shares = link.useIdle && sharing.idle
  const inner = link.capacityMbps * 1000
  if (!over) return shares ? undefined : { kbps: kbps(inner), ceilKbps: kbps(inner) }
  const frame = mtuBytes + ETHERNET_BYTES
  const kept = kbps((inner * (frame + overheadBytes(over))) / frame)
  return { kbps: kept, ceilKbps: shares ? Math.max(kept, underlayKbps(over)) : kept }
}
