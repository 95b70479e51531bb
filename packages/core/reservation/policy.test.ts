import { describe, expect, test } from 'vitest'
import { requestOf } from '../embedding/request'
import { TEMPLATES } from '../topology/templates'
import { type Booking, DEFAULT_POLICY, decideBooking } from './policy'

const NOW = Date.UTC(2026, 9, 25, 0, 30) // the night Europe's clocks go back
const HOUR = 3_600_000
const abilene = TEMPLATES.find((t) => t.slug === 'abilene')
const booking = (change: Partial<Booking> = {}): Booking => ({
  request: requestOf(abilene?.topology ?? TEMPLATES[0]?.topology ?? (undefined as never)),
  startsAtMs: NOW,
  endsAtMs: NOW + 2 * HOUR,
  reason: '',
  slicesInWindow: 0,
  ...change,
})
const big = (): Booking['request'] => {
  const one = booking().request.nodes[0]
  if (!one) throw new Error('no nodes')
  return { nodes: Array.from({ length: 20 }, (_, i) => ({ ...one, id: `h${i}` })), links: [] }
}

describe('a booking', () => {
  test('of a template for two hours is approved at once', () => {
    expect(decideBooking(booking(), DEFAULT_POLICY, NOW)).toEqual({ ok: true, value: 'automatic' })
  })

  test('of more than that waits for an admin', () => {
    expect(decideBooking(booking({ request: big(), reason: 'thesis' }), DEFAULT_POLICY, NOW)).toEqual({
      ok: true,
      value: 'queue',
    })
  })

  test('across a change of the clocks is as long as it is', () => {
    // 01:00 to 03:00 by the clock on the wall in Berlin is three hours that night.
    const result = decideBooking(booking({ startsAtMs: NOW, endsAtMs: NOW + 8 * HOUR }), DEFAULT_POLICY, NOW)
    expect(result).toEqual({ ok: true, value: 'automatic' })
  })

  test.each<[string, Partial<Booking>, string, string]>([
    ['that needs approval and has no reason', { request: big() }, 'booking.reason-missing', 'reason'],
    ['in the past', { startsAtMs: NOW - HOUR }, 'booking.window-past', '2026-10-24 23:30 UTC'],
    ['that ends before it starts', { endsAtMs: NOW - 1 }, 'booking.window-short', 'before it starts'],
    ['of half a minute', { endsAtMs: NOW + 30_000 }, 'booking.window-short', 'less than a minute'],
    [
      'a year ahead',
      { startsAtMs: NOW + 366 * 24 * HOUR, endsAtMs: NOW + 367 * 24 * HOUR },
      'booking.window-far',
      '60 days',
    ],
    ['for a month', { endsAtMs: NOW + 31 * 24 * HOUR }, 'booking.over-limit', '744 h of the window'],
    ['of the eleventh slice', { slicesInWindow: 10 }, 'booking.too-many-slices', '10 slices'],
  ])('%s is refused with the reason', (_, change, code, says) => {
    const result = decideBooking(booking(change), DEFAULT_POLICY, NOW)
    expect(result.ok ? null : result.problem.code).toBe(code)
    expect(result.ok ? '' : `${result.problem.message} ${result.problem.subject?.id ?? ''}`).toContain(says)
  })
})
