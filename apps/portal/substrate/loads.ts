// What a usage of the substrate is as shares, for maps and the calendar.
import type { SubstrateNode } from '@myvini/core/substrate/substrate'
import { NODE_AMOUNTS, type NodeAmount, type NodeUsage, type Usage } from '@myvini/core/substrate/usage'
import type { MapLink, MapNode } from './load-map'

type Capacity = Pick<SubstrateNode, NodeAmount>

/** Of the scarcest of CPU, memory, disk and host slots; a node without any of one is full once some is taken. */
export function nodeShare(node: Capacity, used: NodeUsage | undefined): number {
  if (!used) return 0
  return Math.max(...NODE_AMOUNTS.map((w) => (node[w] > 0 ? used[w] / node[w] : used[w] > 0 ? 1 : 0)))
}

interface Place {
  id: string
  latitude: number
  longitude: number
}

interface LoadsOf {
  substrate: {
    nodes: readonly (Capacity & { id: string; name: string; available: boolean })[]
    links: readonly { id: string; a: string; b: string; capacityMbps: number; delayMs: number }[]
  }
  places: readonly Place[]
  usage: Usage
  adds: Usage | null
  /** Names of virtual hosts by the id of the node that carries them. */
  hosts: ReadonlyMap<string, readonly string[]>
}

export function loadsOf({ substrate, places, usage, adds, hosts }: LoadsOf): { nodes: MapNode[]; links: MapLink[] } {
  const at = new Map(places.map((p) => [p.id, p]))
  // Ids here are plain strings: what came over the wire was branded when it was read.
  const nodesUsed: ReadonlyMap<string, NodeUsage> = usage.nodes
  const nodesAdded: ReadonlyMap<string, NodeUsage> | undefined = adds?.nodes
  const linksUsed: ReadonlyMap<string, number> = usage.links
  const linksAdded: ReadonlyMap<string, number> | undefined = adds?.links
  return {
    nodes: substrate.nodes.map((node) => ({
      id: node.id,
      name: node.name,
      available: node.available,
      latitude: at.get(node.id)?.latitude ?? 0,
      longitude: at.get(node.id)?.longitude ?? 0,
      used: nodeShare(node, nodesUsed.get(node.id)),
      adds: nodeShare(node, nodesAdded?.get(node.id)),
      hosts: hosts.get(node.id) ?? [],
    })),
    links: substrate.links.map((link) => ({
      ...link,
      usedMbps: linksUsed.get(link.id) ?? 0,
      addsMbps: linksAdded?.get(link.id) ?? 0,
    })),
  }
}
