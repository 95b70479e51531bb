// How much of the substrate do some claims take together?
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'

export interface NodeUsage {
  cpuMilli: number
  memoryMib: number
  hostSlots: number
}

/** What is claimed; a node or link that is not in a map has nothing claimed. */
export interface Usage {
  nodes: ReadonlyMap<SubstrateNodeId, NodeUsage>
  /** Mbit/s in each direction. */
  links: ReadonlyMap<SubstrateLinkId, number>
}

export const NOTHING_USED: Usage = { nodes: new Map(), links: new Map() }

export const noNodeUsage = (): NodeUsage => ({ cpuMilli: 0, memoryMib: 0, hostSlots: 0 })

export function addNodeUsage(map: Map<SubstrateNodeId, NodeUsage>, node: SubstrateNodeId, more: NodeUsage) {
  const sum = map.get(node) ?? noNodeUsage()
  map.set(node, {
    cpuMilli: sum.cpuMilli + more.cpuMilli,
    memoryMib: sum.memoryMib + more.memoryMib,
    hostSlots: sum.hostSlots + more.hostSlots,
  })
}
