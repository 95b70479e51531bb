// What does it cost to use a substrate link or node? Hops first, then how scarce what is used would become.
// A price that rises as a link fills keeps room where later requests need it (online routing with exponential prices:
// Even, Medina, Schaffrath, Schmid, "Competitive and deterministic embeddings of virtual networks", 2013).
import type { Instance } from './instance'
import { f64 } from './numbers'

/** The price of one hop over an idle link, in whole units, so that path search can use buckets instead of a heap. */
export const HOP = 32
/** No link costs as much as this: the number of buckets. */
export const PRICE_BOUND = 64

/** Whole, from `HOP` to below `PRICE_BOUND`. */
export function linkPrice(room: number, capacity: number): number {
  const scarcity = SCARCITY_WEIGHT / (room / capacity + SCARCITY_KNEE)
  return HOP + Math.min(PRICE_BOUND - 1 - HOP, Math.round(HOP * scarcity))
}
const SCARCITY_WEIGHT = 0.13
const SCARCITY_KNEE = 0.07

/** How much a host's place weighs against its links, in units of one hop of an average host's bandwidth. */
const CROWD = 4
const LOAD = 0.5
const OPENING = 0.01

/** What the nodes of a plan cost depends on this much of the request. */
export interface NodePrices {
  readonly placement: Instance['placement']
  /** bit/s that an average host's links carry: the exchange rate between places and paths. */
  readonly unit: number
  /** CPU of node v against the mean: a node twice as strong is as crowded by twice the hosts. */
  readonly strength: Float64Array
}

export function nodePrices(instance: Instance): NodePrices {
  const count = instance.nodes.length
  const cpu = instance.nodes.reduce((sum, node) => sum + node.cpuMilli, 0)
  const carried = instance.width.reduce((sum, width) => sum + width, 0) * 2
  return {
    placement: instance.placement,
    unit: Math.max(1, carried / Math.max(1, instance.hosts.length)),
    strength: Float64Array.from(instance.nodes, (node) => Math.max(0.05, cpu > 0 ? (node.cpuMilli * count) / cpu : 1)),
  }
}

/** What node v costs while it carries `crowd` hosts of this request and is loaded to `load`. */
export function nodeCost(prices: NodePrices, v: number, crowd: number, load: number): number {
  const { placement } = prices
  const unit = prices.unit * HOP
  if (placement === 'spread') {
    // Pairs on one node, so that the second host is dearer than the first, and the third than the second.
    const pairs = (crowd * (crowd - 1)) / 2 / f64(prices.strength, v)
    return unit * (CROWD * pairs + LOAD * load * load)
  }
  return placement === 'pack' ? (crowd > 0 ? unit * OPENING : 0) : unit * OPENING * load * load
}
