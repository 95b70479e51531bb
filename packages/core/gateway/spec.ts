// How does a gateway look on its node? One veth to the node's network, addresses nobody else has there, and what may pass.
import { addressOf, parseCidr } from '../addressing/cidr'
import type { Topology, VirtualHost } from '../topology/topology'
import type { GatewayPolicy } from './policy'

/** RFC 6598: shared address space, which neither an inside nor the Internet uses. */
export const POOL = '100.64.0.0/10'
/** As the gateway's namespace calls its way out. */
export const UPLINK = 'uplink0'
/** Begins the name of each gateway's device on the node. */
export const DEVICE_PREFIX = 'mvgw'

/** Never reached through a gateway, whatever the policy says: RFC 6890 and multicast, and every gateway's own pool. */
const NEVER = ['0.0.0.0/8', POOL, '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']

export interface GatewaySpec {
  device: string
  /** With prefix length: the gateway's own address, and the node's on the same veth. */
  address: string
  nodeAddress: string
  mbps: number
  destinations: string[]
  forbidden: string[]
  forwards: { protocol: 'tcp' | 'udp'; outsidePort: number; to: string; port: number }[]
}

function inPool(offset: number): string {
  const value = (100 << 24) + (64 << 16) + offset
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')
}

/**
 * `uidBase` is leased to this host alone over the whole substrate, and its number gives the gateway four addresses and a
 * device name that no other has: nothing more has to be leased, and the node has no choice. `underlay` holds the nodes' own
 * addresses.
 */
export function gatewaySpec(
  host: VirtualHost,
  topology: Topology,
  uidBase: number,
  policy: GatewayPolicy,
  underlay: readonly string[],
): GatewaySpec {
  const slot = Math.floor(uidBase / 65_536)
  const addresses = new Map(
    topology.hosts.map((h) => [h.id, addressOf(h.interfaces.find((i) => i.ipv4 !== null)?.ipv4 ?? '')]),
  )
  return {
    device: `${DEVICE_PREFIX}${slot.toString(16).padStart(5, '0')}`,
    nodeAddress: `${inPool(slot * 4 + 1)}/30`,
    address: `${inPool(slot * 4 + 2)}/30`,
    mbps: policy.mbps,
    // Nobody may have one any more: those that run stay, and nothing passes them.
    destinations: policy.allowed.length === 0 ? [] : policy.destinations.toSorted(),
    forbidden: [
      ...NEVER,
      ...new Set(underlay.filter((a) => parseCidr(`${a}/32`)?.version === 4).map((a) => `${a}/32`)),
    ].toSorted(),
    forwards:
      policy.allowed.length === 0
        ? []
        : (host.forwards ?? []).flatMap(({ protocol, outsidePort, to, port }) => {
            const address = addresses.get(to) ?? ''
            return address === '' ? [] : [{ protocol, outsidePort, to: address, port }]
          }),
  }
}
