// What would the request be with one thing changed? For asking whether the change would do, and for saying it.
import type { Change, EmbeddingOptions } from '../embedding'
import type { EmbeddingRequest, RequestedLink, RequestedNode } from '../request'

export interface Changed {
  request: EmbeddingRequest
  placement: EmbeddingOptions['placement']
}

export function applyChange(
  request: EmbeddingRequest,
  placement: EmbeddingOptions['placement'],
  change: Change,
): Changed {
  const links = (to: (link: RequestedLink) => Partial<RequestedLink>) => ({
    placement,
    request: { ...request, links: request.links.map((link) => ({ ...link, ...to(link) })) },
  })
  const hosts = (to: (node: RequestedNode) => Partial<RequestedNode>) => ({
    placement,
    request: { ...request, nodes: request.nodes.map((node) => ({ ...node, ...to(node) })) },
  })
  switch (change.kind) {
    case 'link-capacity':
      return links(({ id }) => (id === change.id ? { capacityMbps: change.capacityMbps } : {}))
    case 'link-delay':
      return links(({ id }) => (id === change.id ? { maxDelayMs: change.maxDelayMs } : {}))
    case 'host-cpu':
      return hosts(({ id }) => (id === change.id ? { cpuMilli: change.cpuMilli } : {}))
    case 'host-memory':
      return hosts(({ id }) => (id === change.id ? { memoryMib: change.memoryMib } : {}))
    case 'host-disk':
      return hosts(({ id }) => (id === change.id ? { diskMib: change.diskMib } : {}))
    case 'unpin':
      return hosts(({ id }) => (id === change.id ? { pin: null } : {}))
    case 'together':
      return hosts(({ apart }) => (apart === change.apart ? { apart: null } : {}))
    case 'scale-links':
      return links(({ capacityMbps }) => ({ capacityMbps: capacityMbps * change.share }))
    case 'scale-hosts':
      return hosts(({ cpuMilli }) => ({ cpuMilli: Math.floor(cpuMilli * change.share) }))
    case 'share-nodes':
      return { request, placement: 'spread' }
  }
}

/** What to do, as half a sentence: "it fits …". */
export function changeInWords(request: EmbeddingRequest, change: Change): string {
  const name = (id: string) => [...request.nodes, ...request.links].find((part) => part.id === id)?.name ?? id
  switch (change.kind) {
    case 'link-capacity':
      return `with ${change.capacityMbps} Mbit/s on ${name(change.id)}`
    case 'link-delay':
      return `if ${name(change.id)} may take ${change.maxDelayMs} ms`
    case 'host-cpu':
      return `with ${change.cpuMilli / 10} % CPU for ${name(change.id)}`
    case 'host-memory':
      return `with ${change.memoryMib} MiB of memory for ${name(change.id)}`
    case 'host-disk':
      return `with ${change.diskMib} MiB of disk for ${name(change.id)}`
    case 'unpin':
      return `if ${name(change.id)} is not pinned`
    case 'together':
      return 'if those that are kept apart may share a node'
    case 'scale-links':
      return `with ${Math.round(change.share * 100)} % of the bandwidth on every link`
    case 'scale-hosts':
      return `with ${Math.round(change.share * 100)} % of the CPU for every host`
    case 'share-nodes':
      return 'if hosts may share nodes'
  }
}
