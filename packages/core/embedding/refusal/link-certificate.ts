// Can each virtual link be routed at all, were it alone with its two hosts? Substrate links are joined from the widest to
// the narrowest, so that one pass answers for all virtual links.
import { type Instance, WEIGHTS } from '../instance'
import { f64, i32, u8 } from '../numbers'
import type { Core } from './core'

export const areApart = (instance: Instance, a: number, b: number): boolean =>
  (instance.groupsOf[a] ?? []).some((g) => instance.groupsOf[b]?.includes(g))

/** Whether some node could take both at once. */
export function canShare(instance: Instance, a: number, b: number): boolean {
  if (areApart(instance, a, b)) return false
  const { fits, nodes, need, free } = instance
  return nodes.some((_, v) => {
    if (u8(fits, a * nodes.length + v) === 0 || u8(fits, b * nodes.length + v) === 0) return false
    for (let w = 0; w < WEIGHTS; w++)
      if (f64(need, a * WEIGHTS + w) + f64(need, b * WEIGHTS + w) > f64(free, v * WEIGHTS + w)) return false
    return true
  })
}

/** Which nodes hang together, while links are added. */
export class Joined {
  private readonly up: Int32Array
  constructor(nodes: number) {
    this.up = Int32Array.from({ length: nodes }, (_, v) => v)
  }
  root(v: number): number {
    let at = v
    while (i32(this.up, at) !== at) {
      this.up[at] = i32(this.up, i32(this.up, at))
      at = i32(this.up, at)
    }
    return at
  }
  join(a: number, b: number) {
    this.up[this.root(a)] = this.root(b)
  }
}

/** The two hosts could be on different nodes that hang together. */
export function meets(instance: Instance, joined: Joined, a: number, b: number): boolean {
  const { fits, nodes } = instance
  // For each part of the substrate the node that could take a, or −2 where there are several.
  const seats = new Map<number, number>()
  for (let v = 0; v < nodes.length; v++)
    if (u8(fits, a * nodes.length + v) === 1) {
      const root = joined.root(v)
      seats.set(root, seats.has(root) ? -2 : v)
    }
  return nodes.some((_, v) => {
    if (u8(fits, b * nodes.length + v) === 0) return false
    const seat = seats.get(joined.root(v))
    return seat !== undefined && seat !== v
  })
}

/** Substrate links that can be used, widest first. */
export const widestFirst = (instance: Instance): number[] =>
  instance.links
    .flatMap((_, e) => (i32(instance.linkA, e) >= 0 ? [e] : []))
    .toSorted((x, y) => f64(instance.room, y) - f64(instance.room, x) || x - y)

/** The first virtual link, from the widest, that no pair of nodes could carry. Delays are not looked at. */
export function unroutable(instance: Instance): Core | null {
  const { endA, endB, width } = instance
  const links = widestFirst(instance)
  const joined = new Joined(instance.nodes.length)
  let next = 0
  const vlinks = instance.vlinks
    .flatMap((_, l) => (i32(endA, l) === i32(endB, l) ? [] : [l]))
    .toSorted((x, y) => f64(width, y) - f64(width, x) || x - y)
  for (const l of vlinks) {
    for (let e = links[next]; e !== undefined && f64(instance.room, e) >= f64(width, l); e = links[++next])
      joined.join(i32(instance.linkA, e), i32(instance.linkB, e))
    const [a, b] = [i32(endA, l), i32(endB, l)]
    if (!meets(instance, joined, a, b) && !canShare(instance, a, b))
      return { hosts: [a, b].toSorted((x, y) => x - y), vlinks: [l] }
  }
  return null
}

/** A host whose links to hosts it is kept apart from want more than any node that could take it has around it. */
export function hemmedIn(instance: Instance): Core | null {
  const { nodes, fits, first, via, room, vlinkFirst, vlinkAt, width } = instance
  const around = nodes.map((_, v) => {
    let sum = 0
    for (let j = i32(first, v); j < i32(first, v + 1); j++) sum += f64(room, i32(via, j))
    return sum
  })
  for (let h = 0; h < instance.hosts.length; h++) {
    const most = around.reduce((best, sum, v) => (u8(fits, h * nodes.length + v) === 1 ? Math.max(best, sum) : best), 0)
    const vlinks: number[] = []
    let wanted = 0
    for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1) && wanted <= most; j++) {
      const l = i32(vlinkAt, j)
      const other = i32(instance.endA, l) === h ? i32(instance.endB, l) : i32(instance.endA, l)
      if (!areApart(instance, h, other)) continue
      wanted += f64(width, l)
      vlinks.push(l)
    }
    if (wanted <= most) continue
    const hosts = new Set(vlinks.flatMap((l) => [i32(instance.endA, l), i32(instance.endB, l)]))
    return { hosts: [...hosts].toSorted((x, y) => x - y), vlinks: vlinks.toSorted((x, y) => x - y) }
  }
  return null
}
