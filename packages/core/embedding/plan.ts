// How far has a search come? A partial embedding that can be changed, undone and compared.
import { type Instance, WEIGHTS } from './instance'
import { f64, i32 } from './numbers'
import { linkPrice, type NodePrices, nodeCost, nodePrices } from './price'

export const UNPLACED = -1
const NO_HOPS = new Int32Array(0)

export class Plan {
  /** Node of host h, or `UNPLACED`. */
  readonly place: Int32Array
  /** Substrate links of virtual link l from its `a` to its `b`, once both are placed. */
  readonly paths: (Int32Array | null)[]
  readonly free: Float64Array
  readonly room: Float64Array
  readonly price: Int32Array
  /** bit/s left on all links of node v together. */
  readonly around: Float64Array
  /** Hosts of this request on node v; a LAN's switch does not count. */
  readonly crowd: Int32Array
  readonly pathCost: Float64Array
  /** What all paths and places cost together. */
  cost = 0
  unplaced: number
  private readonly prices: NodePrices

  constructor(readonly instance: Instance) {
    this.place = new Int32Array(instance.hosts.length).fill(UNPLACED)
    this.paths = instance.vlinks.map((_, l) => (i32(instance.endA, l) === i32(instance.endB, l) ? NO_HOPS : null))
    this.free = instance.free.slice()
    this.room = instance.room.slice()
    this.price = Int32Array.from(instance.room, (room, e) => linkPrice(room, f64(instance.capacity, e)))
    this.around = new Float64Array(instance.nodes.length)
    for (let v = 0; v < instance.nodes.length; v++)
      for (let j = i32(instance.first, v); j < i32(instance.first, v + 1); j++)
        this.around[v] = f64(this.around, v) + f64(instance.room, i32(instance.via, j))
    this.crowd = new Int32Array(instance.nodes.length)
    this.pathCost = new Float64Array(instance.vlinks.length)
    this.unplaced = instance.hosts.length
    this.prices = nodePrices(instance)
  }

  copyFrom(other: Plan) {
    this.place.set(other.place)
    for (let l = 0; l < this.paths.length; l++) this.paths[l] = other.paths[l] ?? null
    this.free.set(other.free)
    this.room.set(other.room)
    this.price.set(other.price)
    this.around.set(other.around)
    this.crowd.set(other.crowd)
    this.pathCost.set(other.pathCost)
    this.cost = other.cost
    this.unplaced = other.unplaced
  }

  /** Whether what is left of node v is enough for host h. Groups and pins are not asked. */
  hasRoom(h: number, v: number): boolean {
    const { free } = this
    const { need } = this.instance
    for (let w = 0; w < WEIGHTS; w++) if ((need[h * WEIGHTS + w] ?? 0) > (free[v * WEIGHTS + w] ?? 0)) return false
    return true
  }

  /** What putting host h on node v would add to the cost, paths left out. */
  placeCost(h: number, v: number): number {
    const crowd = this.crowd[v] ?? 0
    const more = this.instance.hosts[h]?.kind === 'host' ? 1 : 0
    return (
      nodeCost(this.prices, v, crowd + more, this.load(v, h)) - nodeCost(this.prices, v, crowd, this.load(v, UNPLACED))
    )
  }

  /** The share of node v's scarcest weight that is taken, with host h there or, for `UNPLACED`, as it is. */
  private load(v: number, h: number): number {
    const { free } = this
    const { total, need } = this.instance
    let load = 0
    for (let w = 0; w < WEIGHTS; w++) {
      const all = total[v * WEIGHTS + w] ?? 0
      const left = (free[v * WEIGHTS + w] ?? 0) - (h === UNPLACED ? 0 : (need[h * WEIGHTS + w] ?? 0))
      if (all > 0 && all - left > load * all) load = 1 - left / all
    }
    return load
  }

  put(h: number, v: number) {
    this.cost += this.placeCost(h, v)
    this.weigh(h, v, 1)
    this.place[h] = v
    this.unplaced--
  }

  /** Takes host h off its node, and its paths with it. */
  lift(h: number) {
    const v = i32(this.place, h)
    if (v === UNPLACED) return
    const { vlinkFirst, vlinkAt } = this.instance
    for (let j = i32(vlinkFirst, h); j < i32(vlinkFirst, h + 1); j++) this.unroute(i32(vlinkAt, j))
    this.weigh(h, v, -1)
    this.cost -= this.placeCost(h, v)
    this.place[h] = UNPLACED
    this.unplaced++
  }

  /** `price` is that of one bit/s along the path. */
  route(l: number, path: Int32Array, price: number) {
    const width = f64(this.instance.width, l)
    for (const e of path) this.take(e, width)
    this.paths[l] = path
    const cost = (width + this.prices.unit * PER_HOP) * price
    this.pathCost[l] = cost
    this.cost += cost
  }

  unroute(l: number) {
    const path = this.paths[l]
    if (!path) return
    const width = f64(this.instance.width, l)
    for (const e of path) this.take(e, -width)
    this.paths[l] = null
    this.cost -= f64(this.pathCost, l)
    this.pathCost[l] = 0
  }

  /** What one unit of price costs virtual link l. */
  rate(l: number): number {
    return f64(this.instance.width, l) + this.prices.unit * PER_HOP
  }

  get unit(): number {
    return this.prices.unit
  }

  private take(e: number, width: number) {
    const left = f64(this.room, e) - width
    this.room[e] = left
    this.price[e] = linkPrice(left, f64(this.instance.capacity, e))
    const { linkA, linkB } = this.instance
    const [a, b] = [i32(linkA, e), i32(linkB, e)]
    this.around[a] = f64(this.around, a) - width
    this.around[b] = f64(this.around, b) - width
  }

  private weigh(h: number, v: number, sign: 1 | -1) {
    const { need, hosts } = this.instance
    for (let w = 0; w < WEIGHTS; w++)
      this.free[v * WEIGHTS + w] = f64(this.free, v * WEIGHTS + w) - sign * f64(need, h * WEIGHTS + w)
    if (hosts[h]?.kind === 'host') this.crowd[v] = i32(this.crowd, v) + sign
  }
}

/** A link without bandwidth still wants a short path; a little for each hop sees to it. */
const PER_HOP = 0.001
