// How long does a packet take to a host of the same slice and back, beside the same way without a virtual network?
import { z } from 'zod'
import { type Figure, median, quantile } from '../figure'
import { packetFor } from './egre'
import { type Journey, nativeJourney, talk, virtualJourney } from './journeys'
import { busy, type Load } from './load'
import { beside, type Context, type Part } from './part'

const NEIGHBOURS = 60
/** Of one journey, before the other has its turn. */
const QUESTIONS = 500
const QUANTILES = { p50: 0.5, p99: 0.99 } as const

interface Round {
  native: number[]
  egre: number[]
}

const Times = z.array(z.number())
const ask = async (journey: Journey, count: number) => Times.parse(await talk('ask', journey, count))

async function rounds(
  [native, egre]: readonly [Journey, Journey],
  loads: readonly [Load, Load] | null,
  { rounds: count, quick, log }: Context,
): Promise<Round[]> {
  const done: Round[] = []
  const subjects = { native: [native, loads?.[0]], egre: [egre, loads?.[1]] } as const
  const times = async (journey: Journey, load: Load | undefined) => {
    const stop = load?.()
    try {
      return await ask(journey, QUESTIONS)
    } finally {
      await stop?.()
    }
  }
  for (let round = 0; round < count * 2; round++) {
    const both: Round = { native: [], egre: [] }
    // Turn by turn, as a machine is a third slower for some seconds and then is not; who is first changes, as the second
    // finds it warmer.
    for (let turn = 0; turn < (quick ? 4 : 10); turn++)
      for (const which of turn % 2 ? (['egre', 'native'] as const) : (['native', 'egre'] as const))
        both[which].push(...(await times(...subjects[which])))
    done.push(both)
    const us = (list: number[] | undefined) => ((list ? median(list) : Number.NaN) / 1000).toFixed(1)
    log(
      `round ${round + 1}/${count * 2} round trips${loads ? ', busy' : ''}: native ${us(done.at(-1)?.native)}, EGRE ${us(done.at(-1)?.egre)} µs`,
    )
  }
  return done
}

function figures(done: readonly Round[], suffix: string, wanted: ReadonlySet<string>): Figure[] {
  return Object.entries(QUANTILES)
    .map(([name, q]): Figure => {
      const of = (which: keyof Round) => median(done.map((round) => quantile(round[which], q) / 1000))
      return {
        ...{ id: `rtt_${name}_vs_native${suffix}`, unit: '×', baseline: 1, goal: '≤ 1.2, aim 1', n: done.length },
        value: median(done.map((round) => quantile(round.egre, q) / quantile(round.native, q))),
        method: beside('µs', ['EGRE', of('egre')], ['native', of('native')]),
      }
    })
    .filter((figure) => wanted.has(figure.id))
}

export const roundTrip: Part = {
  ids: ['', '_busy60'].flatMap((suffix) => Object.keys(QUANTILES).map((name) => `rtt_${name}_vs_native${suffix}`)),
  async measure(wanted, context) {
    const journeys = [await nativeJourney(), await virtualJourney(NEIGHBOURS)] as const
    const isBusy = (id: string) => id.endsWith('_busy60')
    const ours = this.ids.filter((id) => wanted.has(id))
    const all: Figure[] = []
    try {
      for (const journey of journeys) await ask(journey, 500)
      if (ours.some((id) => !isBusy(id))) all.push(...figures(await rounds(journeys, null, context), '', wanted))
      if (ours.some(isBusy)) {
        const packets = Array.from({ length: NEIGHBOURS }, (_, i) => packetFor(journeys[1].line, i + 2))
        const loads = [busy.native(journeys[0].line, NEIGHBOURS), busy.slices(journeys[1].line, packets)] as const
        all.push(...figures(await rounds(journeys, loads, context), '_busy60', wanted))
      }
    } finally {
      for (const journey of journeys) await journey.end()
    }
    return all
  },
}
