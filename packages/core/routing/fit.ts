// What has to be true of a router so that routing software runs on it, and how is it made so?
import { DYNAMIC_ROUTING, type Topology, type VirtualHost } from '../topology/topology'

/** zebra, one or two daemons and what watches them take 30 MiB on a small network; a table of its own takes the rest. */
export const LEAST_MEMORY_MIB = 48
/** What a newcomer gets: room for the tables of a few thousand networks. */
export const FIT = { memoryMib: 64, cpuPercent: 5 } as const

/** A full container with memory for daemons; what a person gave it beyond that stays. */
export function fitForSoftware(host: VirtualHost): VirtualHost {
  return {
    ...host,
    class: 'vserver',
    memoryMib: Math.max(host.memoryMib, FIT.memoryMib),
    cpuPercent: Math.max(host.cpuPercent, FIT.cpuPercent),
  }
}

/** Chosen for a whole drawing, a protocol comes with routers that can speak it. */
export function setRouting(topology: Topology, routing: Topology['routing']): Topology {
  const speaks = DYNAMIC_ROUTING.some((p) => p === routing)
  const fits = (h: VirtualHost) => speaks && h.kind === 'router' && h.routing.software !== 'none'
  return { ...topology, routing, hosts: topology.hosts.map((h) => (fits(h) ? fitForSoftware(h) : h)) }
}
