// What does an embedding take of each node and link, all its parts together?
import type { Embedding } from '../embedding/embedding'
import type { EmbeddingRequest } from '../embedding/request'
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import { addNodeUsage, type NodeUsage, type Usage } from '../substrate/usage'

export interface EmbeddingUsage extends Usage {
  nodes: Map<SubstrateNodeId, NodeUsage>
  links: Map<SubstrateLinkId, number>
}

export function claimsOf(request: EmbeddingRequest, embedding: Embedding): EmbeddingUsage {
  const claims: EmbeddingUsage = { nodes: new Map(), links: new Map() }
  for (const wanted of request.nodes) {
    const node = embedding.nodes.get(wanted.id)
    if (node === undefined) throw new Error(`the embedding has no place for ${wanted.name}`)
    addNodeUsage(claims.nodes, node, wanted)
  }
  for (const link of request.links)
    for (const id of embedding.paths.get(link.id) ?? [])
      claims.links.set(id, (claims.links.get(id) ?? 0) + link.capacityMbps)
  return claims
}
