import { seededRandom } from '@myvini/core/random'
import { expect, test } from 'vitest'
import { lanesOf } from './lanes'

function someBars(seed: number) {
  const random = seededRandom(seed)
  return Array.from({ length: Math.floor(random() * 30) }, () => {
    const fromMs = Math.floor(random() * 100)
    return { fromMs, untilMs: fromMs + 1 + Math.floor(random() * 50) }
  })
}

test.each(Array.from({ length: 50 }, (_, seed) => seed))(
  'no two bars that are there at once share a line, and there are no more lines than bars at once (seed %i)',
  (seed) => {
    const bars = someBars(seed)
    const laid = lanesOf(bars)
    expect(laid).toHaveLength(bars.length)
    for (const [i, one] of laid.entries())
      for (const other of laid.slice(i + 1))
        if (one.lane === other.lane)
          expect(one.bar.untilMs <= other.bar.fromMs || other.bar.untilMs <= one.bar.fromMs).toBe(true)
    const atOnce = bars.map(({ fromMs }) => bars.filter((b) => b.fromMs <= fromMs && fromMs < b.untilMs).length)
    expect(Math.max(-1, ...laid.map((l) => l.lane)) + 1).toBe(Math.max(0, ...atOnce))
  },
)
