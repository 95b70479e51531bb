// Do some virtual links find room on some substrate links, each on one of them? They must all pass there, and none is split.
import type { Instance } from '../instance'
import { f64 } from '../numbers'

/** So few are tried in every way. */
const MOST_PACKED = 8

/** True also where there are too many to try: it is only ever asked for a "no". */
export function canPack(instance: Instance, vlinks: readonly number[], links: readonly number[]): boolean {
  if (vlinks.length > MOST_PACKED || links.length > MOST_PACKED) return true
  const room = links.map((e) => f64(instance.room, e))
  const widths = vlinks.map((l) => f64(instance.width, l)).toSorted((x, y) => y - x)
  const pack = (at: number): boolean => {
    const width = widths[at]
    if (width === undefined) return true
    return room.some((left, i) => {
      if (left < width) return false
      room[i] = left - width
      const packed = pack(at + 1)
      room[i] = left
      return packed
    })
  }
  return pack(0)
}
