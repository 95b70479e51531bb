// How well does one TCP stream pass two EGRE hops and a virtual router? Octets a CPU-second, with GSO all the way.
import { z } from 'zod'
import { type Figure, median } from '../figure'
import { type Journey, nativeJourney, talk, virtualJourney } from './journeys'
import { beside, type Part } from './part'

const Streamed = z.object({ bytes: z.number(), cpuNs: z.number(), wallNs: z.number() })

/** Gbit a CPU-second: sender, receiver and all between them run on one CPU, so that nothing else is counted. */
async function rate(journey: Journey, ms: number): Promise<number> {
  const { bytes, cpuNs } = Streamed.parse(await talk('stream', journey, ms, journey.echo.pid ?? 0))
  return (bytes * 8) / cpuNs
}

export const stream: Part = {
  ids: ['tcp_vs_native'],
  async measure(_wanted, { rounds, quick, log }) {
    const journeys = [await nativeJourney(), await virtualJourney()] as const
    const rates: [number, number][] = []
    try {
      for (const journey of journeys) await rate(journey, 200) // windows open
      for (let round = 0; round < rounds * 2; round++) {
        const ms = quick ? 300 : 700
        const pair: [number, number] = [await rate(journeys[0], ms), await rate(journeys[1], ms)]
        rates.push(pair)
        log(
          `round ${round + 1}/${rounds * 2} TCP native ${pair[0].toFixed(1)}, EGRE ${pair[1].toFixed(1)} Gbit per CPU-second`,
        )
      }
    } finally {
      for (const journey of journeys) await journey.end()
    }
    const figure: Figure = {
      ...{ id: 'tcp_vs_native', unit: '×', baseline: 1, goal: '≥ 0.85, aim 1', n: rates.length },
      value: median(rates.map(([native, egre]) => egre / native)),
      method: beside(
        'Gbit per CPU-second',
        ['tc', median(rates.map(([, egre]) => egre))],
        ['native', median(rates.map(([native]) => native))],
      ),
    }
    return [figure]
  },
}
