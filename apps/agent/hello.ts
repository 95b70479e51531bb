// What does this node say when a controller comes?
import { availableParallelism, totalmem } from 'node:os'
import type { Hello } from '@myvini/core/desired/report'
import { diskForHosts } from './disk-for-hosts'
import type { Accepted } from './ledger'
import type { ProbeResult } from './trellis'

export interface Identity {
  agentVersion: string
  /** SHA-256 of what was installed. */
  bundle: string
  probe: ProbeResult
}

/** `hosts`: the folder that virtual hosts are kept in. */
export async function helloOf(
  { agentVersion, bundle, probe }: Identity,
  accepted: Accepted | null,
  hosts: string,
): Promise<Hello> {
  return {
    agentVersion,
    bundle,
    kernel: probe.kernel,
    capabilities: probe.capabilities,
    generation: accepted?.spec.generation ?? 0,
    specHash: accepted?.hash ?? '',
    cpuMilli: availableParallelism() * 1000,
    memoryMib: Math.floor(totalmem() / 1024 / 1024),
    diskMib: await diskForHosts(hosts, accepted?.spec ?? null),
  }
}
