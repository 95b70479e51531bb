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
    // One node has them all: what differs is only to how many of them packets go. The generator reads as many frames for one
    // of them as for many: what its own reading costs is not what is asked about.
    const all = await fastRouters(most)
    const subjects = (count: number): readonly [Subject, Subject] => [
      { ...all, packets: Array.from({ length: count }, () => all.packets[0] ?? '') },
      { ...all, packets: all.packets.slice(0, count) },
    ]
    const rates: Record<string, { one: number; many: number }[]> = {}
    const burst = { bursts: 1, packets: quick ? 1 << 18 : 1 << 19 }
    try {
      for (let round = 0; round < rounds; round++)
        for (const id of ids) {
          const [toOne, toMany] = subjects(COUNTS[id])
          const one = (await measure(toOne, burst)) / 1000
          const many = (await measure(toMany, burst)) / 1000
          rates[id] = [...(rates[id] ?? []), { one, many }]
          log(
            `round ${round + 1}/${rounds} packets to ${COUNTS[id]} of ${most} slices ${many.toFixed(0)}, to one ${one.toFixed(0)} kpps`,
          )
        }
    } finally {
      await all.end()
    }
    return ids.map((id): Figure => {
      const of = rates[id] ?? []
      const each = of.map(({ one, many }) => 1 - many / one)
      const method = beside(
        'kpps per CPU-second, flow cache',
        [`${COUNTS[id]} slices`, median(of.map(({ many }) => many))],
        [`one, ${COUNTS[id]} frames`, median(of.map(({ one }) => one))],
      )
      return { id, value: median(each), unit: 'of 1', baseline: 0, goal: GOALS[id], n: each.length, method }
    })
  },
}
