// What is chosen in a drawing? Keys that say of which kind a thing is, so that a host and a link never clash.
import type { LinkId } from '@myvini/core/ids'
import type { NodeRef } from '@myvini/core/topology/edit'
import type { Lan, Topology, VirtualHost, VirtualLink } from '@myvini/core/topology/topology'

export type ThingKey = `host:${string}` | `lan:${string}` | `link:${string}`
export type Selection = ReadonlySet<ThingKey>

export const keyOfNode = (ref: NodeRef): ThingKey => `${ref.kind}:${ref.id}`
export const keyOfLink = (id: LinkId): ThingKey => `link:${id}`

export const NOTHING: Selection = new Set()

/** What is chosen, as the drawing has it, in its order. */
export interface Chosen {
  hosts: VirtualHost[]
  lans: Lan[]
  links: VirtualLink[]
}

export function chosenIn(topology: Topology, selection: Selection): Chosen {
  return {
    hosts: topology.hosts.filter((h) => selection.has(`host:${h.id}`)),
    lans: topology.lans.filter((l) => selection.has(`lan:${l.id}`)),
    links: topology.links.filter((l) => selection.has(`link:${l.id}`)),
  }
}

export const countChosen = ({ hosts, lans, links }: Chosen): number => hosts.length + lans.length + links.length

export const nodesOf = ({ hosts, lans }: Pick<Chosen, 'hosts' | 'lans'>): NodeRef[] => [
  ...hosts.map((h): NodeRef => ({ kind: 'host', id: h.id })),
  ...lans.map((l): NodeRef => ({ kind: 'lan', id: l.id })),
]

export const everything = (topology: Topology): Selection =>
  new Set<ThingKey>([...nodesOf(topology).map(keyOfNode), ...topology.links.map((l) => keyOfLink(l.id))])

/** After an undo some of it may be gone. */
export function stillThere(topology: Topology, selection: Selection): Selection {
  if (selection.size === 0) return selection
  const all = everything(topology)
  const kept = [...selection].filter((key) => all.has(key))
  return kept.length === selection.size ? selection : new Set(kept)
}

/** Where a Problem points: an interface is shown at its host, which `hostOf` knows. */
export function keyOfSubject(
  subject: { kind: string; id: string } | undefined,
  hostOf: ReadonlyMap<string, string>,
): ThingKey | null {
  switch (subject?.kind) {
    case 'host':
      return `host:${subject.id}`
    case 'lan':
      return `lan:${subject.id}`
    case 'link':
      return `link:${subject.id}`
    case 'interface': {
      const host = hostOf.get(subject.id)
      return host === undefined ? null : `host:${host}`
    }
    default:
      return null
  }
}
