// How much of the substrate is promised at each instant? Claims add up to step functions over time; a window's usage is
// their peak within it, because a promise holds at every instant.
import { groupBy } from '../group-by'
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { NodeUsage, Usage } from '../substrate/usage'

/** Milliseconds since 1970, UTC; [from, until). */
export interface Window {
  fromMs: number
  untilMs: number
}

export interface NodeClaim extends Window, NodeUsage {
  node: SubstrateNodeId
}

export interface LinkClaim extends Window {
  link: SubstrateLinkId
  mbps: number
}

export interface Claims {
  nodes: readonly NodeClaim[]
  links: readonly LinkClaim[]
}

/** Value from `atMs` until the next step; before the first step it is 0. Times rise. */
export interface Step {
  atMs: number
  value: number
}

/** The sum of `amount` over the claims that hold, as steps. Equal neighbours are merged. */
export function stepsOf<T extends Window>(claims: readonly T[], amount: (claim: T) => number): Step[] {
  const changes = new Map<number, number>()
  const change = (atMs: number, by: number) => changes.set(atMs, (changes.get(atMs) ?? 0) + by)
  for (const claim of claims) {
    if (claim.untilMs <= claim.fromMs) continue
    change(claim.fromMs, amount(claim))
    change(claim.untilMs, -amount(claim))
  }
  const steps: Step[] = []
  let value = 0
  for (const [atMs, by] of [...changes].toSorted(([a], [b]) => a - b)) {
    value += by
    if (value !== (steps.at(-1)?.value ?? 0)) steps.push({ atMs, value })
  }
  return steps
}

/** The largest value within the window; 0 where nothing is claimed. */
export function peakOf(steps: readonly Step[], window: Window): number {
  let peak = 0
  let before = 0
  for (const { atMs, value } of steps) {
    if (atMs >= window.untilMs) break
    if (atMs <= window.fromMs) before = value
    else peak = Math.max(peak, value)
  }
  return Math.max(peak, before)
}

const overlaps = (a: Window, b: Window): boolean => a.fromMs < b.untilMs && b.fromMs < a.untilMs

/** Prepared once for a set of claims, then asked for many windows. */
export class Timeline {
  private nodes = new Map<SubstrateNodeId, { cpuMilli: Step[]; memoryMib: Step[]; hostSlots: Step[] }>()
  private links = new Map<SubstrateLinkId, Step[]>()
  /** Instants at which something is given back: only then can more fit than before. */
  readonly releasesMs: readonly number[]
  /** Instants at which something is taken or given back, in order. */
  readonly changesMs: readonly number[]

  constructor(claims: Claims) {
    for (const [node, list] of groupBy(claims.nodes, (c) => c.node))
      this.nodes.set(node, {
        cpuMilli: stepsOf(list, (c) => c.cpuMilli),
        memoryMib: stepsOf(list, (c) => c.memoryMib),
        hostSlots: stepsOf(list, (c) => c.hostSlots),
      })
    for (const [link, list] of groupBy(claims.links, (c) => c.link))
      this.links.set(
        link,
        stepsOf(list, (c) => c.mbps),
      )
    const all = [...claims.nodes, ...claims.links]
    const inOrder = (times: readonly number[]) => [...new Set(times)].toSorted((a, b) => a - b)
    this.releasesMs = inOrder(all.map((c) => c.untilMs))
    this.changesMs = inOrder(all.flatMap((c) => [c.fromMs, c.untilMs]))
  }

  usageWithin(window: Window): Usage {
    const nodes = new Map<SubstrateNodeId, NodeUsage>()
    for (const [node, steps] of this.nodes)
      nodes.set(node, {
        cpuMilli: peakOf(steps.cpuMilli, window),
        memoryMib: peakOf(steps.memoryMib, window),
        hostSlots: peakOf(steps.hostSlots, window),
      })
    const links = new Map([...this.links].map(([link, steps]) => [link, peakOf(steps, window)] as const))
    return { nodes, links }
  }

  nodeSteps(node: SubstrateNodeId, what: keyof NodeUsage): readonly Step[] {
    return this.nodes.get(node)?.[what] ?? []
  }

  linkSteps(link: SubstrateLinkId): readonly Step[] {
    return this.links.get(link) ?? []
  }
}

export const claimsWithin = (claims: Claims, window: Window): Claims => ({
  nodes: claims.nodes.filter((c) => overlaps(c, window)),
  links: claims.links.filter((c) => overlaps(c, window)),
})
