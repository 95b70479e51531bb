// Traces to begin with. Made by us from simple models, not measured; each says what of the real thing it has.
import { seededRandom } from '../random'
import { addStep, TRACE_STEP_MS, type TraceRun } from './trace'

export interface ExampleTrace {
  key: string
  name: string
  about: string
  make: () => TraceRun[]
}

const SECOND = 1000 / TRACE_STEP_MS
const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

function walk(seconds: number, step: (at: number, random: () => number) => [number, number, number]): TraceRun[] {
  const random = seededRandom(20)
  const steps: TraceRun[] = []
  for (let at = 0; at < seconds * SECOND; at++) {
    const [mbps, delayMs, lossPercent] = step(at, random)
    addStep(steps, Math.round(mbps * 1000), Math.round(delayMs * 1000), Math.round(lossPercent * 10_000))
  }
  return steps
}

/** A car in a town: fading within tenths of a second, cells that come and go, a gap at each handover. */
function lte(): TraceRun[] {
  let fading = 0
  return walk(60, (at, random) => {
    const inCell = at % (15 * SECOND)
    if (inCell < 0.06 * SECOND) return [0, 60, 0]
    fading = fading * 0.97 + (random() - 0.5) * 0.5
    const near = Math.sin((Math.PI * inCell) / (15 * SECOND))
    const mbps = clamp((4 + 34 * near) * (1 + fading), 0.3, 60)
    return [Math.round(mbps * 10) / 10, Math.round(clamp(48 - mbps / 2, 22, 60)), mbps < 2 ? 0.5 : 0]
  })
}

/** Low orbit: the path shortens and lengthens again, every 15 s another satellite, with a short silence and a jump. */
function satellite(): TraceRun[] {
  let level = 100
  return walk(120, (at, random) => {
    const inPass = at % (15 * SECOND)
    if (inPass === 0) level = 60 + random() * 120
    if (inPass < 0.08 * SECOND) return [0, 40, 0]
    const off = Math.abs(inPass / (15 * SECOND) - 0.5) * 2
    const number = Math.floor(at / (15 * SECOND))
    return [
      Math.round(level * (1 - 0.3 * off)),
      Math.round(20 + 14 * off * off + (number % 3) * 3),
      off > 0.9 ? 1 : 0.1,
    ]
  })
}

/** A wireless LAN at the edge of its reach: losses in runs, rates that step down and up again. */
function wifi(): TraceRun[] {
  const rates = [6, 12, 24, 36, 54]
  let index = 3
  let bad = false
  return walk(30, (at, random) => {
    if (at % 20 === 0) index = clamp(index + Math.floor(random() * 3) - 1, 0, rates.length - 1)
    if (random() < (bad ? 0.05 : 0.004)) bad = !bad
    return [(rates[index] ?? 6) * 0.6, bad ? 12 : 3, bad ? 8 : 0.3]
  })
}

export const EXAMPLE_TRACES: readonly ExampleTrace[] = [
  {
    key: 'lte-drive',
    name: 'LTE, driving through a town',
    about: '60 s: 0.3 to 60 Mbit/s, 22 to 60 ms, a handover with a gap of 60 ms every 15 s',
    make: lte,
  },
  {
    key: 'satellite-passes',
    name: 'Satellites in low orbit',
    about: '120 s: eight passes of 15 s, 20 to 40 ms, a silence of 80 ms between them',
    make: satellite,
  },
  {
    key: 'wifi-edge',
    name: 'Wi-Fi at the edge of its reach',
    about: '30 s: rates stepping between 4 and 32 Mbit/s, losses of 8 % in bursts',
    make: wifi,
  },
]
