// How much of the substrate is promised at each instant? Claims add up to step functions over time; a window's usage is
// their peak within it, because a promise holds at every instant.
import { groupBy } from '../group-by'
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import { NODE_AMOUNTS, type NodeUsage, type Usage } from '../substrate/usage'

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

/** Adds one more claim to steps that are there, in place: cheaper than summing all of them up anew. */
export function addToSteps(steps: Step[], { fromMs, untilMs }: Window, amount: number): void {
  if (untilMs <= fromMs || amount === 0) return
  const start = breakAt(steps, fromMs)
  const end = breakAt(steps, untilMs)
  for (let i = start; i < end; i++) {
    const step = steps[i]
    if (step) step.value += amount
  }
}

/** Index of the step that begins at `atMs`, which is put in if there is none. */
function breakAt(steps: Step[], atMs: number): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle]?.atMs ?? 0) < atMs) low = middle + 1
    else high = middle
  }
  if (steps[low]?.atMs !== atMs) steps.splice(low, 0, { atMs, value: steps[low - 1]?.value ?? 0 })
  return low
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

const inOrder = (times: readonly number[]) => [...new Set(times)].toSorted((a, b) => a - b)

/** Asked for many windows; what each node and link holds is summed up when it is first asked for. */
export class Timeline {
  private nodes = new Map<SubstrateNodeId, NodeClaim[]>()
  private links = new Map<SubstrateLinkId, LinkClaim[]>()
  private nodeSums = new Map<SubstrateNodeId, Record<keyof NodeUsage, Step[]>>()
  private linkSums = new Map<SubstrateLinkId, Step[]>()

  constructor(claims: Claims) {
    this.nodes = groupBy(claims.nodes, (c) => c.node)
    this.links = groupBy(claims.links, (c) => c.link)
  }

  /** What has been promised since. */
  add(claims: Claims) {
    for (const claim of claims.nodes) {
      const list = this.nodes.get(claim.node)
      if (list) list.push(claim)
      else this.nodes.set(claim.node, [claim])
      const sums = this.nodeSums.get(claim.node)
      if (sums) for (const what of NODE_AMOUNTS) addToSteps(sums[what], claim, claim[what])
    }
    for (const claim of claims.links) {
      const list = this.links.get(claim.link)
      if (list) list.push(claim)
      else this.links.set(claim.link, [claim])
      const sum = this.linkSums.get(claim.link)
      if (sum) addToSteps(sum, claim, claim.mbps)
    }
  }

  private get all(): Window[] {
    return [...this.nodes.values(), ...this.links.values()].flat()
  }

  /** Instants at which something is given back, in order: only then can more fit than before. */
  get releasesMs(): readonly number[] {
    return inOrder(this.all.map((c) => c.untilMs))
  }

  /** Instants at which something is taken or given back, in order. */
  get changesMs(): readonly number[] {
    return inOrder(this.all.flatMap((c) => [c.fromMs, c.untilMs]))
  }

  usageWithin(window: Window): Usage {
    const nodes = new Map<SubstrateNodeId, NodeUsage>()
    for (const node of this.nodes.keys())
      nodes.set(node, {
        cpuMilli: peakOf(this.nodeSteps(node, 'cpuMilli'), window),
        memoryMib: peakOf(this.nodeSteps(node, 'memoryMib'), window),
        diskMib: peakOf(this.nodeSteps(node, 'diskMib'), window),
        hostSlots: peakOf(this.nodeSteps(node, 'hostSlots'), window),
      })
    const links = new Map([...this.links.keys()].map((link) => [link, peakOf(this.linkSteps(link), window)] as const))
    return { nodes, links }
  }

  nodeSteps(node: SubstrateNodeId, what: keyof NodeUsage): readonly Step[] {
    let sums = this.nodeSums.get(node)
    if (!sums) {
      const list = this.nodes.get(node) ?? []
      const of = (part: keyof NodeUsage) => stepsOf(list, (c) => c[part])
      sums = {
        cpuMilli: of('cpuMilli'),
        memoryMib: of('memoryMib'),
        diskMib: of('diskMib'),
        hostSlots: of('hostSlots'),
      }
      this.nodeSums.set(node, sums)
    }
    return sums[what]
  }

  linkSteps(link: SubstrateLinkId): readonly Step[] {
    let sum = this.linkSums.get(link)
    if (!sum) {
      sum = stepsOf(this.links.get(link) ?? [], (c) => c.mbps)
      this.linkSums.set(link, sum)
    }
    return sum
  }
}

export const claimsWithin = (claims: Claims, window: Window): Claims => ({
  nodes: claims.nodes.filter((c) => overlaps(c, window)),
  links: claims.links.filter((c) => overlaps(c, window)),
})
