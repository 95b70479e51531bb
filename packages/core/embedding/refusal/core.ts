// What is it that cannot hold? A set of hosts and virtual links of a request, by index in the instance.
import type { EmbeddingRequest } from '../request'

export interface Core {
  hosts: readonly number[]
  vlinks: readonly number[]
}

/** The part of a request that a core names. */
export function partOf(request: EmbeddingRequest, core: Core): EmbeddingRequest {
  const hosts = new Set(core.hosts)
  const vlinks = new Set(core.vlinks)
  return {
    nodes: request.nodes.filter((_, h) => hosts.has(h)),
    links: request.links.filter((_, l) => vlinks.has(l)),
  }
}
