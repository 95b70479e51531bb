// What does a change that a refusal offers do to the drawing? As edits, so that it is one click and one undo; and as the
// words on its button.
import type { LinkId } from '../../ids'
import type { Edit } from '../../topology/edit'
import { LIMITS, type Topology } from '../../topology/topology'
import type { Change } from '../embedding'
import type { EmbeddingRequest } from '../request'

/** The least a drawing may say: of a link in Mbit/s, of a host in percent of a core. */
const LEAST_MBPS = 0.01
const LEAST_CPU_PERCENT = 1

const scaledMbps = (mbps: number, share: number) =>
  Math.min(LIMITS.capacityMbps, Math.max(LEAST_MBPS, Math.floor(mbps * share * 100 + 1e-6) / 100))

/** Empty where the change is none of the drawing: how hosts are placed is part of the booking. */
export function editsOf(topology: Topology, change: Change): Edit[] {
  const host = (id: string) => topology.hosts.find((h) => h.id === id)
  const link = (id: LinkId) => topology.links.find((l) => l.id === id)
  switch (change.kind) {
    case 'link-capacity':
      return link(change.id)
        ? [{ kind: 'update-link', link: change.id, patch: { capacityMbps: change.capacityMbps } }]
        : []
    case 'link-delay':
      return link(change.id) ? [{ kind: 'update-link', link: change.id, patch: { maxDelayMs: change.maxDelayMs } }] : []
    case 'host-cpu': {
      const found = host(change.id)
      return found ? [{ kind: 'update-host', host: found.id, patch: { cpuPercent: change.cpuMilli / 10 } }] : []
    }
    case 'host-memory': {
      const found = host(change.id)
      return found ? [{ kind: 'update-host', host: found.id, patch: { memoryMib: change.memoryMib } }] : []
    }
    case 'host-disk': {
      const found = host(change.id)
      return found ? [{ kind: 'update-host', host: found.id, patch: { diskMib: change.diskMib } }] : []
    }
    case 'unpin': {
      const found = host(change.id)
      if (found) return [{ kind: 'update-host', host: found.id, patch: { pin: null } }]
      const lan = topology.lans.find((l) => l.id === change.id)
      return lan ? [{ kind: 'update-lan', lan: lan.id, patch: { pin: null } }] : []
    }
    case 'scale-links':
      return topology.links.map(({ id, capacityMbps }) => ({
        kind: 'update-link',
        link: id,
        patch: { capacityMbps: scaledMbps(capacityMbps, change.share) },
      }))
    case 'scale-hosts':
      return topology.hosts.map(({ id, cpuPercent }) => ({
        kind: 'update-host',
        host: id,
        patch: { cpuPercent: Math.max(LEAST_CPU_PERCENT, Math.floor(cpuPercent * 10 * change.share) / 10) },
      }))
    // No drawing says of single hosts that they are kept apart.
    case 'together':
    case 'share-nodes':
      return []
  }
}

const nameIn = (request: EmbeddingRequest, id: string): string =>
  [...request.nodes, ...request.links].find((part) => part.id === id)?.name ?? id

/** On a button: what happens when it is pressed. */
export function changeOnButton(request: EmbeddingRequest, change: Change): string {
  switch (change.kind) {
    case 'link-capacity':
      return `Lower ${nameIn(request, change.id)} to ${change.capacityMbps} Mbit/s`
    case 'link-delay':
      return `Allow ${nameIn(request, change.id)} ${change.maxDelayMs} ms`
    case 'host-cpu':
      return `Lower ${nameIn(request, change.id)} to ${change.cpuMilli / 10} % CPU`
    case 'host-memory':
      return `Lower ${nameIn(request, change.id)} to ${change.memoryMib} MiB of memory`
    case 'host-disk':
      return `Lower ${nameIn(request, change.id)} to ${change.diskMib} MiB of disk`
    case 'unpin':
      return `Remove the pin of ${nameIn(request, change.id)}`
    case 'together':
      return 'Let those kept apart share a node'
    case 'scale-links':
      return `Lower every link to ${Math.round(change.share * 100)} %`
    case 'scale-hosts':
      return `Lower the CPU of every host to ${Math.round(change.share * 100)} %`
    case 'share-nodes':
      return 'Let hosts share nodes'
  }
}
