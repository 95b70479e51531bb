import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ringSubstrate } from '../desired/random-slice'
import { requestOf } from '../embedding/request'
import { runToEnd } from '../embedding/search'
import type { SubstrateNodeId } from '../ids'
import { buildTopology } from '../topology/build'
import { earliestSteps } from './earliest'
import { type NodeClaim, peakOf, stepsOf, Timeline } from './timeline'

interface Held {
  fromMs: number
  untilMs: number
  amount: number
}
const held = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 0, max: 15 }),
    amount: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ fromMs, length, amount }): Held => ({ fromMs, untilMs: fromMs + length, amount }))

/** The sum at one instant, by asking every claim: plain, and independent of the code under test. */
const sumAt = (claims: readonly Held[], at: number) =>
  claims.filter((c) => c.fromMs <= at && at < c.untilMs).reduce((sum, c) => sum + c.amount, 0)

describe('capacity over time', () => {
  test('steps say at every instant what the claims add up to', () => {
    fc.assert(
      fc.property(fc.array(held, { maxLength: 12 }), (claims) => {
        const steps = stepsOf(claims, (c) => c.amount)
        for (let at = -1; at < 60; at++) {
          const value = steps.filter((s) => s.atMs <= at).at(-1)?.value ?? 0
          expect(value).toBe(sumAt(claims, at))
        }
        expect(steps.every((s, i) => s.value !== (steps[i - 1]?.value ?? 0))).toBe(true)
      }),
    )
  })

  test('the peak of a window is the largest sum at any instant in it', () => {
    fc.assert(
      fc.property(
        fc.array(held, { maxLength: 12 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (claims, fromMs, length) => {
          const window = { fromMs, untilMs: fromMs + length }
          const instants = Array.from({ length }, (_, i) => sumAt(claims, fromMs + i))
          expect(
            peakOf(
              stepsOf(claims, (c) => c.amount),
              window,
            ),
          ).toBe(Math.max(...instants))
        },
      ),
    )
  })
})

test('claims added one by one count as if they had been there from the beginning', () => {
  const node = 'n' as SubstrateNodeId // any id
  const claims = fc.array(
    held.map(({ fromMs, untilMs, amount }) => ({
      fromMs,
      untilMs,
      node,
      cpuMilli: amount,
      memoryMib: 2 * amount,
      diskMib: 3 * amount,
      hostSlots: 1,
    })),
    { maxLength: 10 },
  )
  fc.assert(
    fc.property(claims, claims, fc.integer({ min: 0, max: 50 }), (first, more, fromMs) => {
      const window = { fromMs, untilMs: fromMs + 7 }
      const grown = new Timeline({ nodes: first, links: [] })
      grown.usageWithin(window)
      for (const claim of more) grown.add({ nodes: [claim], links: [] })
      const whole = new Timeline({ nodes: [...first, ...more], links: [] })
      expect(grown.usageWithin(window)).toEqual(whole.usageWithin(window))
    }),
  )
})

describe('the earliest slot', () => {
  const { substrate } = ringSubstrate(1)
  const small = { ...substrate, nodes: substrate.nodes.map((n) => ({ ...n, hostSlots: 3 })) }
  const two = requestOf(
    buildTopology(
      ['a', 'b'].map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 })),
      [{ from: 'a', to: 'b' }],
    ),
  )
  const claim = (fromMs: number, untilMs: number, hostSlots: number): NodeClaim => ({
    node: 'n0' as SubstrateNodeId,
    fromMs,
    untilMs,
    hostSlots,
    cpuMilli: 0,
    memoryMib: 0,
    diskMib: 0,
  })
  const ask = (claims: NodeClaim[], lengthMs: number, count = 1, fromMs = 0) =>
    runToEnd(
      earliestSteps({
        substrate: small,
        timeline: new Timeline({ nodes: claims, links: [] }),
        request: two,
        options: { placement: 'spread', seed: 1 },
        lengthMs,
        fromMs,
        latestStartMs: 1000,
        count,
      }),
    )
  const starts = (result: ReturnType<typeof ask>) =>
    result.ok ? result.value.map((s) => s.window.fromMs) : result.problem.when

  test('is now when it fits now', () => {
    expect(starts(ask([], 10))).toEqual([0])
    expect(starts(ask([claim(0, 100, 1)], 10, 1, 7))).toEqual([7])
  })

  test('is when enough is given back, and not in a gap that is too short', () => {
    expect(starts(ask([claim(0, 10, 2), claim(15, 30, 2)], 5))).toEqual([10])
    expect(starts(ask([claim(0, 10, 2), claim(15, 30, 2)], 6))).toEqual([30])
  })

  test('a window that ends where another begins fits before it', () => {
    expect(starts(ask([claim(10, 20, 3)], 10))).toEqual([0])
  })

  test('several are offered in order', () => {
    expect(starts(ask([claim(0, 10, 2), claim(0, 20, 1)], 5, 3))).toEqual([10, 20])
  })

  test('there is none for what an empty substrate cannot hold', () => {
    const none = runToEnd(
      earliestSteps({
        substrate: { ...small, nodes: small.nodes.map((n) => ({ ...n, hostSlots: 1 })) },
        timeline: new Timeline({ nodes: [], links: [] }),
        request: two,
        options: { placement: 'spread', seed: 1 },
        lengthMs: 10,
        fromMs: 0,
        latestStartMs: 1000,
        count: 1,
      }),
    )
    expect(none.ok ? null : none.problem.when).toBe('never')
  })

  test('agrees with trying every instant', () => {
    const nodeClaim = held.map((h) => claim(h.fromMs, h.untilMs, 1 + (h.amount % 3)))
    fc.assert(
      fc.property(fc.array(nodeClaim, { maxLength: 8 }), fc.integer({ min: 1, max: 12 }), (claims, lengthMs) => {
        const timeline = new Timeline({ nodes: claims, links: [] })
        const fits = (at: number) =>
          peakOf(timeline.nodeSteps('n0' as SubstrateNodeId, 'hostSlots'), { fromMs: at, untilMs: at + lengthMs }) <= 1
        let expected = 0
        while (!fits(expected)) expected++
        expect(starts(ask(claims, lengthMs))).toEqual([expected])
      }),
    )
  })
})
