// How near do rates and delays come to what was asked for, and what is left of a reserved rate when others flood?
import { z } from 'zod'
import { Lab, type LabNode } from '../../../kernel/tests/lab'
import type { End } from '../../../kernel/tests/link-behaviour'
import { device, host, join, meet, owner, type Place, port, tunnel } from '../../../kernel/tests/parts'
import { arriving, flood, stop } from '../../../kernel/tests/traffic'
import type { Op } from '../../../kernel/tests/trellis'
import { type Figure, median } from '../figure'
import { talk, virtualJourney } from './journeys'
import type { Context, Part } from './part'

const DELAYS_MS = [2, 20, 100]
const RATES_MBPS = [2, 10, 20]
/** Outer headers of full frames, as core/desired/rates.ts adds them. */
const OUTER = (1514 + 42) / 1514

const Times = z.array(z.number())
const percentOff = (is: number, wanted: number) => (Math.abs(is - wanted) / wanted) * 100

/**
 * One way, on the last hop of two over EGRE: the same questions with and without, in turn. Without it they are asked as far
 * apart as the delay keeps them: whoever answers once in 20 ms has gone to sleep meanwhile, and wakes no faster for the
 * delay being right.
 */
async function delayError({ rounds, quick, log }: Context): Promise<Figure> {
  const journey = await virtualJourney()
  const ask = async (count: number, pauseUs = 0) => {
    const times = Times.parse(await talk('ask', journey, count, ...(pauseUs > 0 ? [pauseUs] : [])))
    return median(times) / 1e6
  }
  const set = (op: object) => journey.line.sink.trellis.do({ op: 'line.set', device: 'v1', ...op })
  const errors = new Map<number, number[]>(DELAYS_MS.map((ms) => [ms, []]))
  try {
    await ask(200)
    for (let round = 0; round < rounds; round++)
      for (const ms of DELAYS_MS) {
        await journey.line.sink.trellis.do({ op: 'line.delete', device: 'v1' })
        const questions = quick ? 30 : 60
        const plain = await ask(questions, ms * 1000)
        await set({ delayUs: ms * 1000 })
        const error = (await ask(questions)) - plain - ms
        errors.get(ms)?.push(error)
        log(`round ${round + 1}/${rounds} delay ${ms} ms: ${(error * 1000).toFixed(0)} µs more`)
      }
  } finally {
    await journey.end()
  }
  const medians = [...errors].map(([ms, list]) => ({ ms, error: median(list) }))
  return {
    ...{ id: 'delay_error_ms', unit: 'ms', baseline: null, goal: '≤ 0.3, aim 0.05', n: rounds },
    value: Math.max(...medians.map(({ error }) => Math.abs(error))),
    method: `worst of ${medians.map(({ ms, error }) => `${ms} ms: ${error >= 0 ? '+' : ''}${error.toFixed(3)}`).join(', ')}; median round trip less that without, asked as far apart`,
  }
}

interface Pair {
  lab: Lab
  a: LabNode
  left: (n: number) => End
  right: (n: number) => End
}

/** Links 1 and 2 from node a to b, and link 3 between two hosts of a. */
async function pair(): Promise<Pair> {
  const lab = new Lab()
  const [a, b] = [await lab.node('a'), await lab.node('b')]
  lab.connect(a, b, '192.0.2')
  await meet(a, b, 'ab', '192.0.2')
  for (const [node, add] of [
    [a, 0],
    [b, 10],
  ] as const)
    for (const n of [1, 2])
      await node.trellis.do(
        ...[owner(), ...host(`h${n}`), ...port(`h${n}`, `v${n}`, n + add)],
        ...join(`l${n}`, device(`v${n}`), tunnel('ab', n)),
      )
  await a.trellis.do(...host('h3'), ...port('h3', 'v3', 3), ...host('h4'), ...port('h4', 'v4', 13))
  await a.trellis.do(...join('l3', device('v3'), device('v4')))
  return {
    ...{ lab, a },
    left: (n) => ({ node: a, host: `h${n}`, n }),
    right: (n) => ({ node: n === 3 ? a : b, host: n === 3 ? 'h4' : `h${n}`, n: n + 10 }),
  }
}

const shape = (at: Place | { kind: 'underlay'; underlay: string }, mbps: number, ceilMbps = mbps): Op => ({
  ...{ op: 'shape.set', at, rateKbps: Math.round(mbps * 1000), ceilKbps: Math.round(ceilMbps * 1000) },
})

/** A stream of one and a half times the rate, full frames: how much of them arrives in a second? */
async function rateError({ a, left, right }: Pair, { rounds, log }: Context): Promise<Figure> {
  const kinds: [string, number, (mbps: number) => Op[]][] = [
    [
      'underlay',
      1,
      (mbps) => [shape({ kind: 'underlay', underlay: 'ab' }, 1000), shape(tunnel('ab', 1), mbps * OUTER)],
    ],
    ['one node', 3, (mbps) => [shape(device('v4'), mbps)]],
  ]
  const errors = new Map<string, number[]>()
  for (let round = 0; round < Math.ceil(rounds / 2); round++)
    for (const mbps of RATES_MBPS)
      for (const [name, n, ops] of kinds) {
        await a.trellis.do(...ops(mbps))
        const stream = await flood(left(n), right(n), mbps * 1.5)
        await arriving([right(n)], 300)
        const [is = 0] = await arriving([right(n)], 2000)
        await stop(stream)
        const key = `${name} ${mbps}`
        errors.set(key, [...(errors.get(key) ?? []), percentOff(is, mbps)])
        log(`round ${round + 1} ${key} Mbit/s: ${is.toFixed(3)}`)
      }
  const medians = [...errors].map(([key, list]) => ({ key, error: median(list) }))
  return {
    ...{ id: 'rate_error_pct', unit: '%', baseline: null, goal: '≤ 2, aim 1', n: Math.ceil(rounds / 2) },
    value: Math.max(...medians.map((m) => m.error)),
    method: `worst of ${medians.map((m) => `${m.key} Mbit/s: ${m.error.toFixed(2)}`).join(', ')}; UDP at one and a half times the rate`,
  }
}

/** 20 of 50 Mbit/s reserved, and another that may have all that is idle sends as fast as it can. */
async function guarantee({ a, left, right }: Pair, { rounds, log }: Context): Promise<Figure> {
  const [wanted, capacity] = [20, 50]
  const shares: number[] = []
  await a.trellis.do(
    shape({ kind: 'underlay', underlay: 'ab' }, capacity * OUTER),
    ...[shape(tunnel('ab', 1), wanted * OUTER), shape(tunnel('ab', 2), 10 * OUTER, capacity * OUTER)],
  )
  for (let round = 0; round < rounds; round++) {
    const streams = [await flood(left(2), right(2), 0), await flood(left(1), right(1), wanted * 2)]
    await arriving([right(1)], 300)
    const [is = 0] = await arriving([right(1)], 1500)
    await stop(...streams)
    shares.push((is / wanted) * 100)
    log(`round ${round + 1}/${rounds} of the reserved rate under flood: ${shares.at(-1)?.toFixed(1)} %`)
  }
  return {
    ...{ id: 'guarantee_share_pct', unit: '%', baseline: 100, goal: '≥ 95', n: rounds },
    value: median(shares),
    method: `${wanted} of ${capacity} Mbit/s reserved; another link floods and may use what is idle`,
  }
}

export const emulation: Part = {
  ids: ['rate_error_pct', 'delay_error_ms', 'guarantee_share_pct'],
  async measure(wanted, context) {
    const figures: Figure[] = []
    if (wanted.has('delay_error_ms')) figures.push(await delayError(context))
    if (!wanted.has('rate_error_pct') && !wanted.has('guarantee_share_pct')) return figures
    const two = await pair()
    try {
      if (wanted.has('rate_error_pct')) figures.push(await rateError(two, context))
      if (wanted.has('guarantee_share_pct')) figures.push(await guarantee(two, context))
    } finally {
      await two.lab.end()
    }
    return figures
  },
}
