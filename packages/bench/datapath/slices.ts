// What does it cost that there are many slices? Packets for each of N routers in turn, beside packets for one of them.
import { type Figure, median } from '../figure'
import { fastRouters } from './egre'
import { measure, type Subject } from './forward'
import { beside, type Part } from './part'

const COUNTS = { slices_250_loss: 250, slices_1000_loss: 1000 } as const
const GOALS = { slices_250_loss: '≤ 0.05', slices_1000_loss: 'aim ≤ 0.05' } as const

export const slices: Part = {
  ids: Object.keys(COUNTS),
  async measure(wanted, { rounds, quick, log }) {
    const ids = (Object.keys(COUNTS) as (keyof typeof COUNTS)[]).filter((id) => wanted.has(id)) // the keys of a constant
    const most = Math.max(...ids.map((id) => COUNTS[id]))
    // One node has them all: what differs is only to how many of them packets go.
    const all = await fastRouters(most)
    const to = (count: number): Subject => ({ ...all, packets: all.packets.slice(0, count) })
    const rates: Record<number, number[]> = {}
    try {
      for (let round = 0; round < rounds; round++)
        for (const count of [1, ...ids.map((id) => COUNTS[id])]) {
          const rate = await measure(to(count), { bursts: 1, packets: quick ? 1 << 18 : 1 << 19 })
          rates[count] = [...(rates[count] ?? []), rate / 1000]
          log(`round ${round + 1}/${rounds} packets to ${count} of ${most} slices ${(rate / 1000).toFixed(0)} kpps`)
        }
    } finally {
      await all.end()
    }
    return ids.map((id): Figure => {
      const each = (rates[COUNTS[id]] ?? []).map((value, i) => 1 - value / (rates[1]?.[i] ?? Number.NaN))
      const method = beside(
        'kpps per CPU-second, flow cache',
        [`${COUNTS[id]} slices`, median(rates[COUNTS[id]] ?? [])],
        ['one', median(rates[1] ?? [])],
      )
      return { id, value: median(each), unit: 'of 1', baseline: 0, goal: GOALS[id], n: each.length, method }
    })
  },
}
