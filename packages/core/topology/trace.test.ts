import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXAMPLE_TRACES } from './example-traces'
import { parseTrace, sampleTrace, stepCount, TraceSteps } from './trace'

const steps = (text: string) => {
  const result = parseTrace(text)
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}
const problem = (text: string) => {
  const result = parseTrace(text)
  return result.ok ? null : result.problem
}

describe('a trace', () => {
  test('as CSV: each row holds until the next, the last as long as the one before', () => {
    const text = 'time,rateMbps,delayMs,lossPercent\n0,10,20,0\n0.05,5,20,1.5\n0.07,0,0,0\n'
    expect(steps(text)).toEqual([
      [10_000, 20_000, 0, 5],
      [5000, 20_000, 15_000, 2],
      [0, 0, 0, 2],
    ])
    expect(steps(text.replaceAll(',', ';'))).toEqual(steps(text))
  })

  test('as CSV without a head, in seconds; columns may be fewer, and a missing rate is no limit', () => {
    expect(steps('0,1\n0.01,2')).toEqual([
      [1000, 0, 0, 1],
      [2000, 0, 0, 1],
    ])
    expect(steps('timeMs,delayMs\n0,7')).toEqual([[1_000_000_000, 7000, 0, 1]])
  })

  test('as JSON, with times or one object every 10 ms', () => {
    expect(steps('[{"rateMbps":1},{"rateMbps":1},{"rateMbps":2,"delayMs":3}]')).toEqual([
      [1000, 0, 0, 2],
      [2000, 3000, 0, 1],
    ])
    expect(steps('[{"timeMs":0,"rateMbps":1},{"timeMs":30,"rateMbps":2}]')).toEqual([
      [1000, 0, 0, 3],
      [2000, 0, 0, 3],
    ])
  })

  test('of mahimahi: a line is a packet, so many in 10 ms are a rate, none is an outage', () => {
    expect(steps('1\n1\n5\n25\n30')).toEqual([
      [3610, 0, 0, 1],
      [0, 0, 0, 1],
      [2406, 0, 0, 1],
    ])
  })

  test('that cannot be read says why', () => {
    expect(problem('')?.message).toContain('empty')
    expect(problem('time,rateMbps\n0,fast')?.message).toContain('"fast" in row 1')
    expect(problem('when,rateMbps\n0,1')?.message).toContain('time')
    expect(problem('time,rateMbps\n1,1\n0,1')?.message).toContain('back in time')
    expect(problem('time,lossPercent\n0,101')?.message).toContain('loss 101')
    expect(problem('time,rateMbps\n0,1\n601,1')?.message).toContain('10 minutes')
    expect(problem('1e306,5')?.message).toContain('time')
    expect(problem('{"a":1}')?.message).toContain('not as it should be')
    expect(problem('5\n4\n3')?.message).toContain('back in time')
  })

  test('whatever is in a file it is steps that pass their schema, or a problem', () => {
    const line = fc.array(fc.oneof(fc.double(), fc.integer(), fc.string()), { maxLength: 5 }).map((c) => c.join(','))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(line).map((l) => l.join('\n')),
        ),
        (text) => {
          const result = parseTrace(text)
          if (result.ok) expect(TraceSteps.safeParse(result.value).success).toBe(true)
          else expect(result.problem.hint).not.toBe('')
        },
      ),
    )
  })

  test('is drawn with few points that keep its outages', () => {
    const { points, durationMs } = sampleTrace(steps('0,10\n5,0\n5.02,10\n9.99,10'), 100)
    expect(durationMs).toBeGreaterThan(9900)
    expect(points.length).toBeLessThanOrEqual(101)
    expect(points.filter((p) => p.rateMbps === 0)).toHaveLength(1)
  })

  test.each(EXAMPLE_TRACES.map((e) => [e.key, e] as const))('%s is whole, varied and always the same', (_, example) => {
    const made = example.make()
    expect(TraceSteps.safeParse(made).success).toBe(true)
    expect(made).toEqual(example.make())
    expect(`${(stepCount(made) * 10) / 1000} s`).toBe(example.about.split(':')[0])
    expect(new Set(made.map(([kbps]) => kbps)).size).toBeGreaterThan(4)
  })
})
