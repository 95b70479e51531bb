// Does it fit, by the simplest search that is right? Hosts one by one onto the emptiest node that can still reach its
// neighbours; links by the shortest path with room. The allocation solver takes its place behind the same interface.
import type { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { fail, ok } from '../result'
import type { SubstrateLink, SubstrateNode } from '../substrate/substrate'
import { addNodeUsage, type NodeUsage, noNodeUsage } from '../substrate/usage'
import type { Embed, Embedding, EmbeddingOptions, EmbeddingProblem } from './embedding'
import type { EmbeddingRequest, RequestedLink, RequestedNode } from './request'
import { shortestPath } from './shortest-path'

interface State {
  nodes: Map<SubstrateNodeId, NodeUsage>
  links: Map<SubstrateLinkId, number>
}

/** Why a node cannot take a host, or null when it can. */
function obstacle(node: SubstrateNode, used: NodeUsage, wanted: RequestedNode): string | null {
  if (!node.available) return 'is not available'
  if (wanted.pin?.kind === 'node' && wanted.pin.node !== node.name) return `is not ${wanted.pin.node}`
  if (wanted.pin?.kind === 'site' && wanted.pin.site !== node.site) return `is not in ${wanted.pin.site}`
  const missing = wanted.needs.find((need) => !node.capabilities.includes(need))
  if (missing) return `cannot do ${missing}`
  if (used.cpuMilli + wanted.cpuMilli > node.cpuMilli) return `has ${(node.cpuMilli - used.cpuMilli) / 10} % CPU left`
  if (used.memoryMib + wanted.memoryMib > node.memoryMib) return `has ${node.memoryMib - used.memoryMib} MiB left`
  if (used.hostSlots + wanted.hostSlots > node.hostSlots) return 'has all its host slots taken'
  return null
}

const loadOf = (node: SubstrateNode, used: NodeUsage) =>
  Math.max(used.cpuMilli / node.cpuMilli, used.memoryMib / node.memoryMib, used.hostSlots / node.hostSlots)

function problem(
  message: string,
  hint: string,
  parts: readonly string[],
  subject?: EmbeddingProblem['subject'],
): EmbeddingProblem {
  return { code: 'embedding.no-fit', when: 'not-now', message, hint, parts, cut: null, ...(subject && { subject }) }
}

function noNodeFor(wanted: RequestedNode, nodes: readonly SubstrateNode[], state: State): EmbeddingProblem {
  const why = nodes.map((n) => `${n.name} ${obstacle(n, state.nodes.get(n.id) ?? noNodeUsage(), wanted) ?? 'is taken'}`)
  const needs = `${wanted.cpuMilli / 10} % CPU and ${wanted.memoryMib} MiB`
  return problem(
    `No substrate node can take ${wanted.name}, which wants ${needs}: ${why.slice(0, 4).join('; ')}${why.length > 4 ? ' …' : ''}.`,
    wanted.pin
      ? `Remove its pin to ${wanted.pin.kind === 'node' ? wanted.pin.node : wanted.pin.site}, or ask for less.`
      : 'Ask for less CPU or memory, or for fewer hosts, or for another time.',
    [wanted.id],
    { kind: wanted.kind === 'lan' ? 'lan' : 'host', id: wanted.id },
  )
}

/** Neighbours first, so that each host after the first has a placed one to stay near. */
function placingOrder(request: EmbeddingRequest): RequestedNode[] {
  const near = new Map<string, string[]>(request.nodes.map((n) => [n.id, []]))
  for (const { a, b } of request.links) {
    near.get(a)?.push(b)
    near.get(b)?.push(a)
  }
  const byId = new Map(request.nodes.map((n) => [n.id, n]))
  const order: RequestedNode[] = []
  const seen = new Set<string>()
  const starts = request.nodes.toSorted(
    (x, y) => Number(y.pin !== null) - Number(x.pin !== null) || y.cpuMilli - x.cpuMilli,
  )
  for (const start of starts) {
    const queue = [start.id]
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const node = byId.get(id)
      if (!node || seen.has(id)) continue
      seen.add(id)
      order.push(node)
      queue.push(...(near.get(id) ?? []))
    }
  }
  return order
}

interface Search {
  nodes: readonly SubstrateNode[]
  links: readonly SubstrateLink[]
  request: EmbeddingRequest
  options: EmbeddingOptions
}

function candidates(search: Search, state: State, wanted: RequestedNode, placed: ReadonlyMap<string, SubstrateNodeId>) {
  const apart = new Set(
    search.request.nodes
      .filter((n) => placed.has(n.id) && n.kind === 'host' && wanted.kind === 'host')
      .filter((n) => search.options.placement === 'distinct' || (n.apart !== null && n.apart === wanted.apart))
      .map((n) => placed.get(n.id)),
  )
  const beside = new Set(
    search.request.links.flatMap((l) =>
      l.a === wanted.id ? [placed.get(l.b)] : l.b === wanted.id ? [placed.get(l.a)] : [],
    ),
  )
  // A LAN's switch belongs beside its members; hosts go where there is most room, unless asked to stay together.
  const together = search.options.placement === 'pack' || wanted.kind === 'lan'
  const score = (n: SubstrateNode) =>
    (together && beside.has(n.id) ? -1 : 0) + loadOf(n, state.nodes.get(n.id) ?? noNodeUsage())
  return search.nodes
    .filter((n) => !apart.has(n.id) && obstacle(n, state.nodes.get(n.id) ?? noNodeUsage(), wanted) === null)
    .map((node) => ({ node, score: score(node) }))
    .toSorted((x, y) => x.score - y.score || (x.node.id < y.node.id ? -1 : 1))
    .map(({ node }) => node)
}

/** Routes the links of `wanted` that lead to hosts already placed; null when one of them finds no way. */
function routeLinks(
  search: Search,
  state: State,
  links: readonly RequestedLink[],
  placed: ReadonlyMap<string, SubstrateNodeId>,
) {
  const paths = new Map<LinkId, readonly SubstrateLinkId[]>()
  for (const link of links) {
    const [from, to] = [placed.get(link.a), placed.get(link.b)]
    if (from === undefined || to === undefined) continue
    const room = (l: SubstrateLink) => l.capacityMbps - (state.links.get(l.id) ?? 0) >= link.capacityMbps
    const path = shortestPath(search.links.filter(room), from, to, link.maxDelayMs)
    if (!path) return { failed: link, paths }
    for (const id of path) state.links.set(id, (state.links.get(id) ?? 0) + link.capacityMbps)
    paths.set(link.id, path)
  }
  return { failed: null, paths }
}

const firstFitOn = (search: Search, start: State): ReturnType<Embed> => {
  let state = start
  const placed = new Map<string, SubstrateNodeId>()
  const paths = new Map<LinkId, readonly SubstrateLinkId[]>()
  for (const wanted of placingOrder(search.request)) {
    const options = candidates(search, state, wanted, placed)
    if (options.length === 0) return fail(noNodeFor(wanted, search.nodes, state))
    const mine = search.request.links.filter((l) => l.a === wanted.id || l.b === wanted.id)
    let stuck: RequestedLink | null = null
    let done = false
    for (const node of options) {
      const trial: State = { nodes: new Map(state.nodes), links: new Map(state.links) }
      addNodeUsage(trial.nodes, node.id, wanted)
      const { failed, paths: routed } = routeLinks(search, trial, mine, new Map(placed).set(wanted.id, node.id))
      stuck ??= failed
      if (failed) continue
      state = trial
      placed.set(wanted.id, node.id)
      for (const [id, path] of routed) paths.set(id, path)
      done = true
      break
    }
    if (!done && stuck) {
      const limit = stuck.maxDelayMs === null ? '' : ` within ${stuck.maxDelayMs} ms`
      return fail(
        problem(
          `The link ${stuck.name} wants ${stuck.capacityMbps} Mbit/s${limit}; no path from any node that could take ${wanted.name} has that left.`,
          `Ask for less than ${stuck.capacityMbps} Mbit/s${stuck.maxDelayMs === null ? '' : ', or allow more delay'}, or choose another time.`,
          [stuck.id, wanted.id],
          { kind: 'link', id: stuck.id },
        ),
      )
    }
  }
  const embedding: Embedding = { nodes: placed, paths }
  return ok(embedding)
}

/** Never exceeds what is left of any node or link; may refuse what a better search would fit. */
export const firstFit: Embed = (substrate, used, request, options) => {
  const search = { nodes: substrate.nodes, links: substrate.links, request, options }
  const result = firstFitOn(search, { nodes: new Map(used.nodes), links: new Map(used.links) })
  if (result.ok) return result
  // The same question of an empty substrate tells "wait" from "give up".
  const empty = firstFitOn(search, { nodes: new Map(), links: new Map() })
  return empty.ok ? result : fail({ ...empty.problem, when: 'never' })
}
