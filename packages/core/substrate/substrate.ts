// What is there to host on? The substrate as the planner sees it: nodes and links with what they can carry.
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'

/** What a node's kernel and tools can do, as it says itself (decision 10). */
export const CAPABILITIES = [
  'netns',
  'vserver',
  'disk-limit',
  'egre-bpf',
  'egre-gretap',
  'netem',
  'htb',
  'xdp-native',
  'userns',
  'cgroup-v1',
  'cgroup-v2',
  'bridge-vlan',
  'gateway',
] as const
export type Capability = (typeof CAPABILITIES)[number]

/**
 * MiB that count as lent while neither an admin nor the node has said how much disk there is: a node whose agent is not yet of
 * this version goes on taking hosts, 256 of them as a drawing has them. The database's guards have the same number.
 */
export const UNSAID_DISK_MIB = 65_536

export interface SubstrateNode {
  id: SubstrateNodeId
  name: string
  site: string
  /** Thousandths of a processor core. */
  cpuMilli: number
  memoryMib: number
  /** Lent to the disks of virtual hosts together. */
  diskMib: number
  /** How many virtual hosts it takes, whatever they weigh. */
  hostSlots: number
  capabilities: readonly Capability[]
  /** False while it is unreachable, draining or not enrolled: nothing new is placed there. */
  available: boolean
}

export interface SubstrateLink {
  id: SubstrateLinkId
  a: SubstrateNodeId
  b: SubstrateNodeId
  /** In each direction. */
  capacityMbps: number
  /** One way. */
  delayMs: number
  /** Of the underlay, before EGRE takes its share. */
  mtuBytes: number
}

export interface Substrate {
  nodes: readonly SubstrateNode[]
  links: readonly SubstrateLink[]
}
