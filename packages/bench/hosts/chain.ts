// What is brought up? A chain of N virtual hosts with a link between neighbours and an address at each end, as Mininet's
// users build it. Hosts ask for little: what is measured is how fast they come, not what they do.
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology, VirtualHost } from '@myvini/core/topology/topology'

export interface ChainOptions {
  hosts: number
  class?: VirtualHost['class']
  memoryMib?: number
  /** Of each host of class vserver. */
  diskMib?: number
  /** Each part of the chain on a node of its own, in the order given; without it the embedding chooses. */
  nodes?: readonly string[]
}

/** Routing is left to whoever uses the chain, as Mininet leaves it. */
export function chainOf({ hosts, class: kind = 'netns', memoryMib = 4, diskMib, nodes = [] }: ChainOptions): Topology {
  const names = Array.from({ length: hosts }, (_, i) => `h${i + 1}`)
  const placeOf = (i: number) => {
    const node = nodes[Math.floor((i * nodes.length) / hosts)]
    return node === undefined ? {} : { pin: { kind: 'node' as const, node } }
  }
  const topology = buildTopology(
    names.map((name, i) => ({
      ...{ name, kind: 'host' as const, class: kind, x: (i % 40) * 60, y: Math.floor(i / 40) * 60 },
      ...{ cpuPercent: 1, memoryMib },
      ...(diskMib !== undefined && { diskMib }),
      ...placeOf(i),
    })),
    names.slice(1).map((to, i) => ({ from: names[i] ?? '', to, capacityMbps: 1 })),
  )
  return { ...topology, routing: 'none' }
}
