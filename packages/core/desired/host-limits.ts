// What may a virtual host take of its node? What it reserved, and what keeps one host from taking what all share.
import type { VirtualHost } from '../topology/topology'
import type { HostLimits } from './node-spec'

export const limitsOf = (host: VirtualHost): HostLimits => ({
  cpuMilli: Math.max(1, Math.round(host.cpuPercent * 10)),
  cpuCapped: host.cpuCapped,
  cpus: host.cpus,
  memoryMib: host.memoryMib,
  processes: host.processes,
  diskMibps: host.diskMibps,
})
