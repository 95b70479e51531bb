// Can the hosts be placed at all, links left out? Three reasons that need no search: one host that fits nowhere, hosts kept
// apart with too few nodes between them, and more wanted in sum than there is.
import { type Instance, WEIGHTS } from '../instance'
import { f64, u8 } from '../numbers'
import type { Core } from './core'

const fittingNodes = (instance: Instance, h: number): number[] =>
  instance.nodes.flatMap((_, v) => (u8(instance.fits, h * instance.nodes.length + v) === 1 ? [v] : []))

export function homeless(instance: Instance): Core | null {
  const nodes = instance.nodes.length
  for (let h = 0; h < instance.hosts.length; h++)
    if (!instance.fits.subarray(h * nodes, (h + 1) * nodes).includes(1)) return { hosts: [h], vlinks: [] }
  return null
}

/**
 * Hosts kept apart that have fewer nodes than they are, by Hall's theorem: the hosts that alternating paths reach from one
 * that a largest matching leaves out. Without any one of them the rest could be matched, so the set is a smallest one.
 */
export function crowded(instance: Instance): Core | null {
  for (const group of instance.groups) {
    const choices = new Map(group.map((h) => [h, fittingNodes(instance, h)]))
    // Everyone has as many choices as there are hosts: each finds one in turn.
    if ([...choices.values()].every((nodes) => nodes.length >= group.length)) continue
    const hostOn = new Map<number, number>()
    const settle = (h: number, seen: Set<number>): boolean => {
      const nodes = (choices.get(h) ?? []).filter((v) => !seen.has(v))
      const free = nodes.find((v) => !hostOn.has(v))
      if (free !== undefined) {
        hostOn.set(free, h)
        return true
      }
      return nodes.some((v) => {
        const there = hostOn.get(v)
        if (seen.has(v) || there === undefined) return false
        seen.add(v)
        if (!settle(there, seen)) return false
        hostOn.set(v, h)
        return true
      })
    }
    for (const h of group) {
      const seen = new Set<number>()
      if (settle(h, seen)) continue
      return { hosts: [h, ...[...seen].flatMap((v) => hostOn.get(v) ?? [])].toSorted((a, b) => a - b), vlinks: [] }
    }
  }
  return null
}

/** The fewest hosts that together want more of something than all nodes they could go to have. */
export function oversized(instance: Instance): Core | null {
  const nodes = instance.nodes.length
  const useful = instance.nodes.map((_, v) => instance.hosts.some((__, h) => u8(instance.fits, h * nodes + v) === 1))
  for (let w = 0; w < WEIGHTS; w++) {
    const left = useful.reduce((sum, yes, v) => sum + (yes ? f64(instance.free, v * WEIGHTS + w) : 0), 0)
    const need = (h: number) => f64(instance.need, h * WEIGHTS + w)
    const heaviest = instance.hosts.map((_, h) => h).toSorted((x, y) => need(y) - need(x) || x - y)
    let wanted = 0
    for (const [i, h] of heaviest.entries()) {
      wanted += need(h)
      if (wanted > left) return { hosts: heaviest.slice(0, i + 1).toSorted((a, b) => a - b), vlinks: [] }
    }
  }
  return null
}
