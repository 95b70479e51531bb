// Where do several virtual links together find too little room? A set of nodes that some hosts cannot leave and others
// cannot enter, with less room around it than the links between them want.
import type { Instance } from '../instance'
import { f64, i32 } from '../numbers'
import { canPack } from './can-pack'
import type { Core } from './core'
import { fittingNodes, widthOf } from './in-words'
import { minCut } from './min-cut'

export interface NarrowCut {
  /** The nodes on one side. */
  nodes: number[]
  links: number[]
  /** Virtual links that must cross. */
  vlinks: number[]
  left: number
  wanted: number
}

/** Sets of nodes worth a look, the likeliest reason first: single nodes, sites, then least cuts between two hosts' places. */
function* sides(instance: Instance, core: Core): Generator<ReadonlySet<number>> {
  const places = new Map(core.hosts.map((h) => [h, new Set(fittingNodes(instance, h))]))
  for (const place of places.values()) if (place.size === 1) yield place
  const sites = new Map<string, Set<number>>()
  instance.nodes.forEach(({ site }, v) => {
    const nodes = sites.get(site)
    if (nodes) nodes.add(v)
    else sites.set(site, new Set([v]))
  })
  yield* sites.values()
  for (const l of core.vlinks) {
    const a = places.get(i32(instance.endA, l))
    const b = places.get(i32(instance.endB, l))
    if (a && b && ![...a].some((v) => b.has(v))) yield minCut(instance, a, b)
  }
}

/** The first set around which the sum of what is left is too little; else one where it is too little link by link. */
export function narrowCut(instance: Instance, core: Core): NarrowCut | null {
  const cuts = [...sides(instance, core)].map((side) => cutAround(instance, core, side))
  return (
    cuts.find(({ wanted, left }) => wanted > left) ??
    cuts.find((cut) => !canPack(instance, cut.vlinks, cut.links)) ??
    null
  )
}

function cutAround(instance: Instance, core: Core, side: ReadonlySet<number>): NarrowCut {
  const places = new Map(core.hosts.map((h) => [h, fittingNodes(instance, h)]))
  const isInside = (h: number) => (places.get(h) ?? []).every((v) => side.has(v))
  const isOutside = (h: number) => (places.get(h) ?? []).every((v) => !side.has(v))
  const vlinks = core.vlinks.filter((l) => {
    const [a, b] = [i32(instance.endA, l), i32(instance.endB, l)]
    return (isInside(a) && isOutside(b)) || (isInside(b) && isOutside(a))
  })
  const links = instance.links.flatMap((_, e) => {
    const [a, b] = [i32(instance.linkA, e), i32(instance.linkB, e)]
    return a >= 0 && side.has(a) !== side.has(b) ? [e] : []
  })
  const left = links.reduce((sum, e) => sum + f64(instance.room, e), 0)
  return { nodes: [...side], links, vlinks, left, wanted: widthOf(instance, vlinks) }
}
