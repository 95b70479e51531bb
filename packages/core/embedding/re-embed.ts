// Nodes were lost: where does what they carried go? What still stands where it is stays there, and so do the paths that the
// loss does not touch; only the rest is asked for anew.
import type { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { fail, ok, type Result } from '../result'
import type { Substrate, SubstrateNode } from '../substrate/substrate'
import { addNodeUsage, type NodeUsage, noNodeUsage, type Usage } from '../substrate/usage'
import { embed } from './embed'
import type { Embedding, EmbeddingOptions, EmbeddingProblem } from './embedding'
import type { EmbeddingRequest, RequestedNode } from './request'

export interface Loss {
  substrate: Substrate
  /** What others have; what this request itself holds is left out. */
  used: Usage
  request: EmbeddingRequest
  current: Embedding
  lost: ReadonlySet<SubstrateNodeId>
  options: EmbeddingOptions
}

export interface ReEmbedding {
  embedding: Embedding
  /** Ids of hosts and LANs that are on another node now. */
  moved: readonly string[]
  /** Ids of those that a person pinned to a lost node: they wait for it. */
  stuck: readonly string[]
  /** Links that go another way, or lead to something that moved. */
  replaced: readonly LinkId[]
}

/** Hosts of which the person said: on this node. Elsewhere is not what they asked for. */
const isPinnedTo = (wanted: RequestedNode, node: SubstrateNode | undefined): boolean =>
  wanted.pin?.kind === 'node' && wanted.pin.node === node?.name

/**
 * First with every path that is still whole kept; where that leaves no way, all paths are sought anew, but never are hosts
 * moved that still stand. A problem says what of the whole has no place.
 */
export function reEmbed(loss: Loss): Result<ReEmbedding, EmbeddingProblem> {
  const first = tryWith(loss, true)
  if (first.ok) return first
  const second = tryWith(loss, false)
  return second.ok ? second : first
}

function tryWith(loss: Loss, keepPaths: boolean): Result<ReEmbedding, EmbeddingProblem> {
  const { request, current, lost, options } = loss
  const nodes = new Map(loss.substrate.nodes.map((node) => [node.id, node]))
  const placeOf = (id: string) => nodes.get(current.nodes.get(id) ?? ('' as SubstrateNodeId)) // no node has this id
  const isLost = (wanted: RequestedNode) => {
    const node = placeOf(wanted.id)
    return !node || lost.has(node.id)
  }
  const stuck = request.nodes.filter((wanted) => isLost(wanted) && isPinnedTo(wanted, placeOf(wanted.id)))
  const moving = new Set(request.nodes.filter((n) => isLost(n) && !stuck.includes(n)).map((n) => n.id))
  const touchesLost = linksOf(loss.substrate, lost)
  const waiting = new Set(stuck.map(({ id }) => id))
  const isKept = (link: EmbeddingRequest['links'][number]): boolean => {
    if (moving.has(link.a) || moving.has(link.b)) return false
    // A link to what waits for its node is as it was, and waits with it.
    if (waiting.has(link.a) || waiting.has(link.b)) return true
    return keepPaths && !(current.paths.get(link.id) ?? []).some((id) => touchesLost.has(id))
  }
  const kept = request.links.filter(isKept)
  const asked = request.links.filter((link) => !kept.includes(link))
  const links = new Map(loss.used.links)
  for (const link of kept)
    for (const id of current.paths.get(link.id) ?? []) links.set(id, (links.get(id) ?? 0) + link.capacityMbps)

  const staying = new Map<SubstrateNodeId, NodeUsage>()
  for (const wanted of request.nodes) {
    const node = placeOf(wanted.id)
    if (node && !moving.has(wanted.id)) addNodeUsage(staying, node.id, wanted)
  }
  const solved = embed(
    { ...loss.substrate, nodes: loss.substrate.nodes.map((node) => held(node, staying.get(node.id), loss)) },
    { nodes: loss.used.nodes, links },
    {
      nodes: request.nodes.map((wanted) => {
        const node = placeOf(wanted.id)
        return node && !moving.has(wanted.id) ? { ...wanted, pin: { kind: 'node', node: node.name } } : wanted
      }),
      links: asked,
    },
    options,
  )
  if (!solved.ok) return solved
  // A lost node that something waits for counts as being there; nothing else may come to depend on it.
  const astray = asked.find(
    (link) =>
      !waiting.has(link.a) &&
      !waiting.has(link.b) &&
      (solved.value.paths.get(link.id) ?? []).some((id) => touchesLost.has(id)),
  )
  if (astray) return fail(noWayAround(astray.name, astray.id))
  const paths = new Map(solved.value.paths)
  for (const { id } of kept) paths.set(id, current.paths.get(id) ?? [])
  return ok({
    embedding: { nodes: solved.value.nodes, paths },
    moved: [...moving],
    stuck: stuck.map(({ id }) => id),
    replaced: asked
      .filter(
        (link) =>
          moving.has(link.a) ||
          moving.has(link.b) ||
          !same(current.paths.get(link.id), solved.value.paths.get(link.id)),
      )
      .map(({ id }) => id),
  })
}

const same = (a: readonly string[] = [], b: readonly string[] = []) =>
  a.length === b.length && a.every((id, i) => id === b[i])

const linksOf = ({ links }: Substrate, nodes: ReadonlySet<SubstrateNodeId>): Set<SubstrateLinkId> =>
  new Set(links.filter((l) => nodes.has(l.a) || nodes.has(l.b)).map((l) => l.id))

/** A node that takes nothing new, or is lost, still carries what stays on it, and has room for just that. */
function held(node: SubstrateNode, stays: NodeUsage | undefined, { used, lost }: Loss): SubstrateNode {
  if (node.available && !lost.has(node.id)) return node
  if (!stays) return { ...node, available: false }
  const others = used.nodes.get(node.id) ?? noNodeUsage()
  return {
    ...node,
    available: true,
    cpuMilli: others.cpuMilli + stays.cpuMilli,
    memoryMib: others.memoryMib + stays.memoryMib,
    diskMib: others.diskMib + stays.diskMib,
    hostSlots: others.hostSlots + stays.hostSlots,
  }
}

const noWayAround = (name: string, id: LinkId): EmbeddingProblem => ({
  code: 'embedding.no-way-around',
  when: 'not-now',
  message: `No way was found for the link ${name} around the node that is lost.`,
  hint: 'It comes back with the node.',
  parts: [id],
  cut: null,
  proven: false,
})
