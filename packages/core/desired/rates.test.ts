import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkRate, underlayKbps } from './rates'

const hop = (capacityMbps: number, address = '10.0.0.1', mtuBytes = 1542) => ({
  a: { address },
  mtuBytes,
  capacityMbps,
})
const link = (capacityMbps: number, useIdle = false) => ({ capacityMbps, useIdle })

describe('the rate of a link', () => {
  test('over an underlay leaves room for the outer headers of full frames', () => {
    expect(linkRate(link(10), 1500, hop(1000), { idle: true })).toEqual({ kbps: 10_277, ceilKbps: 10_277 })
    expect(linkRate(link(10), 1500, hop(1000, 'fd00::1'), { idle: true })).toEqual({ kbps: 10_410, ceilKbps: 10_410 })
  })

  test('between two interfaces of one node is the capacity itself', () => {
    expect(linkRate(link(0.5), 1500, null, { idle: true })).toEqual({ kbps: 500, ceilKbps: 500 })
  })

  test('may be exceeded only where link and policy say so', () => {
    expect(linkRate(link(10, true), 1500, hop(100), { idle: true })?.ceilKbps).toBe(underlayKbps(hop(100)))
    expect(linkRate(link(10, true), 1500, hop(100), { idle: false })).toEqual(
      linkRate(link(10), 1500, hop(100), { idle: true }),
    )
    expect(linkRate(link(10, true), 1500, null, { idle: true })).toBeUndefined()
  })

  test('links that together fit into a substrate link also fit with their headers, when frames are as full as they go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1000, max: 9000 }),
        (capacities, mtuBytes) => {
          const over = hop(
            capacities.reduce((a, b) => a + b, 0),
            '10.0.0.1',
            mtuBytes,
          )
          const rates = capacities.map((c) => linkRate(link(c), mtuBytes - 42, over, { idle: true })?.kbps ?? 0)
          expect(rates.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(underlayKbps(over) + capacities.length)
        },
      ),
    )
  })
})
