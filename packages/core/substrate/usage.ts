// How much of the substrate do some claims take together?
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'

/** What can run out on a node, in the order in which people are told of it. */
export const NODE_AMOUNTS = ['cpuMilli', 'memoryMib', 'diskMib', 'hostSlots'] as const
export type NodeAmount = (typeof NODE_AMOUNTS)[number]

export interface NodeUsage {
  cpuMilli: number
  memoryMib: number
  /** Disks of virtual hosts of class vserver, as large as they may become: they are promised whole, however empty. */
  diskMib: number
  hostSlots: number
}

/** What is claimed; a node or link that is not in a map has nothing claimed. */
export interface Usage {
  nodes: ReadonlyMap<SubstrateNodeId, NodeUsage>
  /** Mbit/s in each direction. */
  links: ReadonlyMap<SubstrateLinkId, number>
}

export const NOTHING_USED: Usage = { nodes: new Map(), links: new Map() }

export const noNodeUsage = (): NodeUsage => ({ cpuMilli: 0, memoryMib: 0, diskMib: 0, hostSlots: 0 })

export function addNodeUsage(map: Map<SubstrateNodeId, NodeUsage>, node: SubstrateNodeId, more: NodeUsage) {
  const sum = map.get(node) ?? noNodeUsage()
  map.set(node, {
    cpuMilli: sum.cpuMilli + more.cpuMilli,
    memoryMib: sum.memoryMib + more.memoryMib,
    diskMib: sum.diskMib + more.diskMib,
    hostSlots: sum.hostSlots + more.hostSlots,
  })
}
