// How does the time grow with the substrate and the request? As the product asks: hosts spread, a refusal with its reason.
import { randomRequest, randomSubstrate } from '@myvini/core/embedding/random-substrate'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { type Figure, median } from '../figure'
import { type Timing, timed } from './timed'

const SUBSTRATES = [10, 100, 1000, 5000]
const REQUESTS = [10, 50, 100, 200, 500]

export function scaleFigures(quick: boolean, log: (line: string) => void): Figure[] {
  log('Scale: nodes × hosts, ms until it is known whether it fits, ms in all, longest step, hops of an average Mbit/s')
  let answer: Timing[] = []
  for (const nodes of quick ? SUBSTRATES.slice(0, 3) : SUBSTRATES) {
    const substrate = randomSubstrate(nodes, nodes)
    for (const hosts of REQUESTS) {
      const request = randomRequest(hosts, hosts)
      const rounds = Array.from({ length: quick ? 1 : 3 }, (_, seed) => timed(substrate, NOTHING_USED, request, seed))
      if (nodes === 1000 && hosts === 500) answer = rounds
      const [round] = rounds
      const over = (of: (one: Timing) => number) => median(rounds.map(of)).toFixed(1).padStart(9)
      const outcome = round?.fits ? `fits, ${round.hops.toFixed(2)} hops` : `refused: ${round?.reason}`
      log(
        `  ${`${nodes} × ${hosts}`.padEnd(12)}${over((one) => one.firstMs)}${over((one) => one.totalMs)}${over((one) => one.gapMs)}  ${outcome}`,
      )
    }
  }
  const figure = { baseline: null, n: answer.length }
  return [
    {
      ...figure,
      id: 'embed_500_on_1000_s',
      value: median(answer.map(({ totalMs }) => totalMs / 1000)),
      unit: 's',
      goal: '≤ 2',
      method: 'wall time of one request of 500 hosts on 1,000 nodes, to the end, in steps',
    },
    {
      ...figure,
      id: 'embed_500_on_1000_gap_ms',
      value: median(answer.map(({ gapMs }) => gapMs)),
      unit: 'ms',
      goal: '',
      method: 'the longest step of it: how long until it tells its progress, or stops when asked to',
    },
  ]
}
