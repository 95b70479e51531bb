// Can a placement hold at all? Whatever crosses a set of nodes must fit through the links that leave it, for every set.
import type { Instance } from './instance'
import { f64, i32 } from './numbers'

/** Beyond this many nodes there are too many sets. */
const MOST_NODES = 10

/** For each set of nodes that leaves out the last one: what its leaving links have left. Bit v of the index is node v. */
export interface CutTable {
  readonly room: Float64Array
}

export function cutTable(instance: Instance): CutTable | null {
  const nodes = instance.nodes.length
  if (nodes < 2 || nodes > MOST_NODES) return null
  const room = new Float64Array(2 ** (nodes - 1))
  for (let set = 1; set < room.length; set++) {
    let sum = 0
    for (let e = 0; e < instance.links.length; e++) {
      const a = i32(instance.linkA, e)
      if (a >= 0 && ((set >> a) & 1) !== ((set >> i32(instance.linkB, e)) & 1)) sum += f64(instance.room, e)
    }
    room[set] = sum
  }
  return { room }
}

/** False where some set of nodes has less room around it than the virtual links that must leave it want. */
export function cutsHold(instance: Instance, cuts: CutTable, place: Int32Array): boolean {
  for (let set = 1; set < cuts.room.length; set++) {
    let crossing = 0
    for (let l = 0; l < instance.vlinks.length; l++) {
      const a = i32(place, i32(instance.endA, l))
      const b = i32(place, i32(instance.endB, l))
      if (((set >> a) & 1) !== ((set >> b) & 1)) crossing += f64(instance.width, l)
    }
    if (crossing > f64(cuts.room, set)) return false
  }
  return true
}
