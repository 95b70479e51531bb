// Does an embedding keep every promise? A second pair of eyes: it shares no code with the solver, and names what is wrong.
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Problem, Subject } from '../result'
import type { Substrate, SubstrateLink, SubstrateNode } from '../substrate/substrate'
import { addNodeUsage, type NodeUsage, noNodeUsage, type Usage } from '../substrate/usage'
import type { Embedding, EmbeddingOptions } from './embedding'
import type { EmbeddingRequest, RequestedLink, RequestedNode } from './request'

/** Sums of decimal Mbit/s and ms may be off by rounding; nothing a kernel could tell apart. */
const ROUNDING = 1e-6

interface Case {
  nodes: ReadonlyMap<SubstrateNodeId, SubstrateNode>
  links: ReadonlyMap<SubstrateLinkId, SubstrateLink>
  used: Usage
  request: EmbeddingRequest
  options: Pick<EmbeddingOptions, 'placement'>
  embedding: Embedding
}

type Check = (c: Case) => Problem[]

const broken = (code: string, message: string, subject?: Subject): Problem => ({
  code: `embedding.${code}`,
  message,
  hint: 'This is a fault of the solver: keep the request and report it.',
  ...(subject && { subject }),
})

const subjectOf = (node: RequestedNode): Subject => ({ kind: node.kind, id: node.id })

function unsuitable(node: SubstrateNode, wanted: RequestedNode): string | null {
  if (!node.available) return 'which is not available'
  if (wanted.pin?.kind === 'node' && wanted.pin.node !== node.name) return `but is pinned to ${wanted.pin.node}`
  if (wanted.pin?.kind === 'site' && wanted.pin.site !== node.site) return `but is pinned to site ${wanted.pin.site}`
  const missing = wanted.needs.find((need) => !node.capabilities.includes(need))
  return missing ? `which cannot do ${missing}` : null
}

const placesSuit: Check = ({ nodes, request, embedding }) =>
  request.nodes.flatMap((wanted) => {
    const id = embedding.nodes.get(wanted.id)
    const node = id === undefined ? undefined : nodes.get(id)
    if (!node) return [broken('no-place', `${wanted.name} has no place.`, subjectOf(wanted))]
    const why = unsuitable(node, wanted)
    return why ? [broken('wrong-place', `${wanted.name} is on ${node.name}, ${why}.`, subjectOf(wanted))] : []
  })

const nodesHold: Check = ({ nodes, used, request, embedding }) => {
  const added = new Map<SubstrateNodeId, NodeUsage>()
  for (const wanted of request.nodes) {
    const id = embedding.nodes.get(wanted.id)
    if (id !== undefined) addNodeUsage(added, id, wanted)
  }
  return [...added].flatMap(([id, more]) => {
    const node = nodes.get(id)
    const before = used.nodes.get(id) ?? noNodeUsage()
    const weights = ['cpuMilli', 'memoryMib', 'diskMib', 'hostSlots'] as const
    return weights
      .filter((w) => node && more[w] > 0 && before[w] + more[w] > node[w] + ROUNDING)
      .map((w) => broken('overbooked-node', `${node?.name} would carry more than it has (${w}).`))
  })
}

const apartIsApart: Check = ({ request, options, embedding }) =>
  request.nodes.flatMap((one, i) =>
    request.nodes.slice(i + 1).flatMap((other) => {
      const wanted =
        (one.apart !== null && one.apart === other.apart) ||
        (options.placement === 'distinct' && one.kind === 'host' && other.kind === 'host')
      const shared = embedding.nodes.get(one.id) === embedding.nodes.get(other.id)
      return wanted && shared
        ? [broken('not-apart', `${one.name} and ${other.name} share a node.`, subjectOf(one))]
        : []
    }),
  )

/** Walks the path and says where it goes wrong. */
function pathFault({ nodes, links, embedding }: Case, vlink: RequestedLink): string | null {
  const path = embedding.paths.get(vlink.id)
  if (!path) return 'has no path'
  let at = embedding.nodes.get(vlink.a)
  const visited = new Set([at])
  let delayMs = 0
  for (const id of path) {
    const link = links.get(id)
    if (!link) return `uses ${id}, which is not a substrate link`
    if (link.a !== at && link.b !== at) return `jumps to ${id}`
    if (!(link.capacityMbps > 0)) return `uses ${id}, which has no capacity`
    at = link.a === at ? link.b : link.a
    if (visited.has(at)) return `visits a node twice`
    if (!nodes.get(at)?.available) return 'goes through a node that is not available'
    visited.add(at)
    delayMs += link.delayMs
  }
  if (at !== embedding.nodes.get(vlink.b)) return 'ends at the wrong node'
  if (vlink.maxDelayMs !== null && delayMs > vlink.maxDelayMs + ROUNDING) return `takes ${delayMs} ms`
  return null
}

const pathsLead: Check = (c) =>
  c.request.links.flatMap((vlink) => {
    const fault = pathFault(c, vlink)
    return fault ? [broken('wrong-path', `${vlink.name} ${fault}.`, { kind: 'link', id: vlink.id })] : []
  })

const linksHold: Check = ({ links, used, request, embedding }) => {
  const added = new Map<SubstrateLinkId, number>()
  for (const vlink of request.links)
    for (const id of embedding.paths.get(vlink.id) ?? []) added.set(id, (added.get(id) ?? 0) + vlink.capacityMbps)
  return [...added].flatMap(([id, more]) => {
    const capacity = links.get(id)?.capacityMbps ?? 0
    return more > 0 && (used.links.get(id) ?? 0) + more > capacity + ROUNDING
      ? [broken('overbooked-link', `${id} would carry more than its ${capacity} Mbit/s.`)]
      : []
  })
}

const nothingElse: Check = ({ request, embedding }) => {
  const known = new Set<string>([...request.nodes, ...request.links].map(({ id }) => id))
  return [...embedding.nodes.keys(), ...embedding.paths.keys()]
    .filter((id) => !known.has(id))
    .map((id) => broken('unasked', `${id} was not asked for.`))
}

const CHECKS: readonly Check[] = [placesSuit, nodesHold, apartIsApart, pathsLead, linksHold, nothingElse]

/** Empty where everything holds. */
export function checkEmbedding(
  substrate: Substrate,
  used: Usage,
  request: EmbeddingRequest,
  options: Pick<EmbeddingOptions, 'placement'>,
  embedding: Embedding,
): Problem[] {
  const nodes = new Map(substrate.nodes.map((node) => [node.id, node]))
  const links = new Map(substrate.links.map((link) => [link.id, link]))
  return CHECKS.flatMap((check) => check({ nodes, links, used, request, options, embedding }))
}
