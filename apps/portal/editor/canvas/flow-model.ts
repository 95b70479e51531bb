// How does a drawing become what React Flow draws? Things that have not changed keep their identity, so that moving one
// host draws one host and its links again, and nothing else.
import type { Lan, LinkEnd, Topology, VirtualHost, VirtualInterface, VirtualLink } from '@myvini/core/topology/topology'
import { type Edge, type Node, Position } from '@xyflow/react'
import { type Body, type Shape, type Size, sizeOf } from '../model/geometry'
import { keyOfLink, type Selection, type ThingKey } from '../model/selection'

export type HostFlowNode = Node<{ host: VirtualHost }, VirtualHost['kind']>
export type LanFlowNode = Node<{ lan: Lan; links: number }, 'lan'>
export type FlowNode = HostFlowNode | LanFlowNode

export interface LinkData extends Record<string, unknown> {
  link: VirtualLink
  a: Body
  b: Body
  turn: number
  aInterface: VirtualInterface | null
  bInterface: VirtualInterface | null
}
export type FlowEdge = Edge<LinkData, 'link'>

export const KIND_WORDS = { host: 'Host', router: 'Router', gateway: 'Gateway' } as const satisfies Record<
  VirtualHost['kind'],
  string
>

const nodeKeyOf = (end: LinkEnd): ThingKey => (end.kind === 'lan' ? `lan:${end.lan}` : `host:${end.host}`)

/** In the middle: where links end is worked out by geometry.ts. */
const handlesFor = ({ width, height }: Size): NonNullable<Node['handles']> => [
  { id: null, type: 'source', position: Position.Top, x: width / 2, y: height / 2, width: 1, height: 1 },
]

interface Cached<T> {
  of: readonly unknown[]
  made: T
}

class Memory<T> {
  private before = new Map<string, Cached<T>>()
  private after = new Map<string, Cached<T>>()

  /** The thing made last time, if it would be made of the same. */
  take(key: string, of: readonly unknown[], make: () => T): T {
    const known = this.before.get(key)
    const cached = known?.of.every((part, i) => part === of[i]) ? known : { of, made: make() }
    this.after.set(key, cached)
    return cached.made
  }

  /** What was not taken is forgotten. */
  turn() {
    this.before = this.after
    this.after = new Map()
  }
}

interface Laid {
  thing: VirtualHost | Lan
  body: Body
}

export class FlowModel {
  private readonly nodeMemory = new Memory<FlowNode>()
  private readonly edgeMemory = new Memory<FlowEdge>()

  private place(topology: Topology): { laid: Map<string, Laid>; linksOf: Map<string, number> } {
    const linksOf = new Map<string, number>()
    for (const link of topology.links)
      for (const end of link.ends) if (end.kind === 'lan') linksOf.set(end.lan, (linksOf.get(end.lan) ?? 0) + 1)
    const laid = new Map<string, Laid>()
    const put = (key: ThingKey, thing: VirtualHost | Lan, shape: Shape, size: Size) =>
      laid.set(key, { thing, body: { shape, center: thing.position, size } })
    for (const host of topology.hosts) put(`host:${host.id}`, host, host.kind, sizeOf(host.kind))
    for (const lan of topology.lans) put(`lan:${lan.id}`, lan, 'lan', sizeOf('lan', linksOf.get(lan.id)))
    return { laid, linksOf }
  }

  read(topology: Topology, selection: Selection): { nodes: FlowNode[]; edges: FlowEdge[] } {
    const { laid, linksOf } = this.place(topology)
    const common = (key: ThingKey, size: Size, position: { x: number; y: number }) => ({
      id: key,
      position,
      width: size.width,
      height: size.height,
      handles: handlesFor(size),
      selected: selection.has(key),
    })
    const nodes: FlowNode[] = [
      ...topology.lans.map((lan) => {
        const key: ThingKey = `lan:${lan.id}`
        const links = linksOf.get(lan.id) ?? 0
        return this.nodeMemory.take(key, [lan, links, selection.has(key)], () => ({
          ...common(key, sizeOf('lan', links), lan.position),
          type: 'lan',
          data: { lan, links },
          ariaLabel: `LAN ${lan.name}`,
        }))
      }),
      ...topology.hosts.map((host) => {
        const key: ThingKey = `host:${host.id}`
        return this.nodeMemory.take(key, [host, selection.has(key)], () => ({
          ...common(key, sizeOf(host.kind), host.position),
          type: host.kind,
          data: { host },
          ariaLabel: `${KIND_WORDS[host.kind]} ${host.name}`,
        }))
      }),
    ]
    this.nodeMemory.turn()
    return { nodes, edges: this.edges(topology, selection, laid) }
  }

  private edges(topology: Topology, selection: Selection, laid: ReadonlyMap<string, Laid>): FlowEdge[] {
    const between = new Map<string, string[]>()
    const pairOf = (link: VirtualLink) => link.ends.map(nodeKeyOf).toSorted().join(' ')
    for (const link of topology.links) {
      const list = between.get(pairOf(link))
      if (list) list.push(link.id)
      else between.set(pairOf(link), [link.id])
    }
    const edges = topology.links.flatMap((link) => {
      const key = keyOfLink(link.id)
      const [source, target] = [nodeKeyOf(link.ends[0]), nodeKeyOf(link.ends[1])]
      const [a, b] = [laid.get(source), laid.get(target)]
      // A link with an end that is gone is told by the checks; there is nowhere to draw it.
      if (!a || !b) return []
      const siblings = between.get(pairOf(link)) ?? []
      const turn = siblings.indexOf(link.id) - (siblings.length - 1) / 2
      const selected = selection.has(key)
      const of = [link, a.thing, b.thing, turn, selected, a.body.size.width, b.body.size.width]
      return this.edgeMemory.take(key, of, () => ({
        id: key,
        type: 'link',
        source,
        target,
        selected,
        data: {
          link,
          a: a.body,
          b: b.body,
          // From one to the other and back are drawn from the same side.
          turn: source < target ? turn : -turn,
          aInterface: interfaceAt(a.thing, link.ends[0]),
          bInterface: interfaceAt(b.thing, link.ends[1]),
        },
        ariaLabel: `Link ${a.thing.name}–${b.thing.name}`,
      }))
    })
    this.edgeMemory.turn()
    return edges
  }
}

function interfaceAt(thing: VirtualHost | Lan, end: LinkEnd): VirtualInterface | null {
  if (end.kind === 'lan' || !('interfaces' in thing)) return null
  return thing.interfaces.find((i) => i.id === end.interface) ?? null
}
