// Where shall things go when a person asks for order? Layered by dagre, or each onto the grid where it is.
import dagre from '@dagrejs/dagre'
import type { Edit } from '@myvini/core/topology/edit'
import type { LinkEnd, Topology } from '@myvini/core/topology/topology'
import { GRID, type Shape, sizeOf, snap } from './geometry'
import { nodesOf, type Selection } from './selection'

export type Moves = Extract<Edit, { kind: 'move' }>['moves']

const nodeOf = (end: LinkEnd): string => (end.kind === 'lan' ? end.lan : end.host)

interface Placed {
  id: string
  shape: Shape
  x: number
  y: number
}

const placedIn = (topology: Topology): Placed[] => [
  ...topology.hosts.map((h) => ({ id: h.id, shape: h.kind, ...h.position })),
  ...topology.lans.map((l) => ({ id: l.id, shape: 'lan' as const, ...l.position })),
]

/** All of the drawing, or what is chosen of it where that is more than one thing; its middle stays where it was. */
export function autoLayout(topology: Topology, selection: Selection): Moves {
  const refs = nodesOf(topology)
  const chosen = refs.filter((ref) => selection.has(`${ref.kind}:${ref.id}`))
  const mine = new Set<string>((chosen.length > 1 ? chosen : refs).map((ref) => ref.id))
  const things = placedIn(topology).filter((t) => mine.has(t.id))
  if (things.length === 0) return []
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: 110, edgesep: 20, ranker: 'network-simplex' })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, shape } of things) {
    const { width, height } = sizeOf(shape)
    // Room for the name under a router and a bar.
    graph.setNode(id, { width: Math.max(width, 90), height: height + 24 })
  }
  for (const link of topology.links) {
    const [a, b] = link.ends.map(nodeOf)
    if (a !== undefined && b !== undefined && a !== b && mine.has(a) && mine.has(b)) graph.setEdge(a, b, {}, link.id)
  }
  dagre.layout(graph)
  const at = new Map(things.map(({ id }) => [id, graph.node(id)]))
  const mean = (list: readonly { x: number; y: number }[]) => ({
    x: list.reduce((sum, p) => sum + p.x, 0) / list.length,
    y: list.reduce((sum, p) => sum + p.y, 0) / list.length,
  })
  const [before, after] = [mean(things), mean([...at.values()])]
  return refs.flatMap((node) => {
    const p = at.get(node.id)
    return p ? [{ node, x: snap(p.x - after.x + before.x), y: snap(p.y - after.y + before.y) }] : []
  })
}

/** What is chosen, or all, onto the grid. */
export function alignToGrid(topology: Topology, selection: Selection): Moves {
  const at = new Map(placedIn(topology).map((t) => [t.id, t]))
  const refs = nodesOf(topology)
  const chosen = refs.filter((ref) => selection.has(`${ref.kind}:${ref.id}`))
  return (chosen.length > 0 ? chosen : refs).flatMap((node) => {
    const p = at.get(node.id)
    return p ? [{ node, x: snap(p.x), y: snap(p.y) }] : []
  })
}

/** The free place nearest to `wanted`, looking outward in rings: new things never hide old ones. */
export function freePlace(
  topology: Topology,
  wanted: { x: number; y: number },
  shape: Shape,
): { x: number; y: number } {
  const size = sizeOf(shape)
  const bodies = placedIn(topology).map((t) => ({ ...t, size: sizeOf(t.shape) }))
  const isFree = (x: number, y: number) =>
    bodies.every(
      (b) =>
        Math.abs(b.x - x) >= (b.size.width + size.width) / 2 + GRID ||
        Math.abs(b.y - y) >= (b.size.height + size.height) / 2 + GRID * 1.5,
    )
  const [x0, y0] = [snap(wanted.x), snap(wanted.y)]
  const step = GRID * 2
  for (let ring = 0; ring < 60; ring++)
    for (let dx = -ring; dx <= ring; dx++)
      for (let dy = -ring; dy <= ring; dy++) {
        if (Math.max(Math.abs(dx), Math.abs(dy)) !== ring) continue
        if (isFree(x0 + dx * step, y0 + dy * step)) return { x: x0 + dx * step, y: y0 + dy * step }
      }
  return { x: x0, y: y0 }
}
