import { describe, expect, test } from 'vitest'
import { requestOf } from '../embedding/request'
import { TEMPLATES } from '../topology/templates'
import { type Booking, chainOf, DEFAULT_POLICY, decideBooking, Exception, Policy, policyFor } from './policy'

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

describe('class netns', () => {
  const closed: Policy = { ...DEFAULT_POLICY, netns: false }
  const exception = (netns: boolean): Exception => ({ most: {}, automatic: {}, total: {}, netns })

  test('is everybody’s until an admin closes it; then a booking is refused by the name of a host', () => {
    expect(decideBooking(booking(), DEFAULT_POLICY, NOW).ok).toBe(true)
    const refused = decideBooking(booking(), closed, NOW)
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: 'booking.class-netns', subject: { kind: 'host', id: booking().request.nodes[0]?.id } },
    })
    expect(refused.ok ? '' : refused.problem.message).toMatch(/^\S+ and \d+ more are of class netns/)
  })

  test('is not asked for by containers, nor by the switches of LANs', () => {
    const nodes = big().nodes.slice(0, 2)
    const [host, lan] = [{ needs: ['vserver' as const] }, { kind: 'lan' as const, needs: ['netns' as const] }]
    const request = { nodes: nodes.map((n, i) => ({ ...n, ...(i === 0 ? host : lan) })), links: [] }
    expect(decideBooking(booking({ request }), closed, NOW).ok).toBe(true)
  })

  test('may be opened to a role or a project, and closed to one; the project’s word counts more', () => {
    const roles = { instructor: exception(true) }
    expect(policyFor({ ...closed, roles }, 'instructor', null).netns).toBe(true)
    expect(policyFor({ ...closed, roles }, 'researcher', null).netns).toBe(false)
    expect(policyFor({ ...closed, roles }, 'instructor', exception(false)).netns).toBe(false)
    expect(policyFor(closed, 'researcher', exception(true)).netns).toBe(true)
    expect(Policy.parse({ ...closed, netns: undefined }).netns).toBe(true)
  })
})

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
    ['with an end that is no date', { endsAtMs: Number.NaN }, 'booking.window-missing', 'no end'],
    ['of the eleventh slice', { slicesInWindow: 10 }, 'booking.too-many-slices', '10 slices'],
  ])('%s is refused with the reason', (_, change, code, says) => {
    const result = decideBooking(booking(change), DEFAULT_POLICY, NOW)
    expect(result.ok ? null : result.problem.code).toBe(code)
    expect(result.ok ? '' : `${result.problem.message} ${result.problem.subject?.id ?? ''}`).toContain(says)
  })
})

describe('a project’s slices together', () => {
  const others = { hosts: 995, cpuPercent: 100, linkMbps: 100 }

  test('are held to what it may have at once, and the refusal says how much is booked already', () => {
    const result = decideBooking(booking({ slicesInWindow: 1, othersInWindow: others }), DEFAULT_POLICY, NOW)
    expect(result.ok ? null : result.problem.message).toBe(
      'The project’s slices would have 1006 of virtual hosts at once in that window, 995 of it booked already; the policy allows 1000.',
    )
    expect(result.ok ? null : result.problem.subject).toEqual({ kind: 'field', id: 'hosts' })
  })

  test('may have as much as that', () => {
    expect(decideBooking(booking({ othersInWindow: { ...others, hosts: 989 } }), DEFAULT_POLICY, NOW).ok).toBe(true)
  })
})

describe('windows of one slice', () => {
  const hours = (from: number, until: number) => ({ fromMs: NOW + from * HOUR, untilMs: NOW + until * HOUR })

  test('that follow each other closely count as one', () => {
    expect(chainOf(hours(8, 16), [hours(0, 8), hours(16.5, 20), hours(22, 30)], HOUR)).toEqual(hours(0, 20))
    expect(chainOf(hours(8, 16), [hours(0, 7), hours(17, 20)], HOUR)).toEqual(hours(8, 16))
  })

  test('stacked beyond what is approved at once wait for an admin, and beyond the most are refused', () => {
    const stacked = (from: number) =>
      booking({
        startsAtMs: NOW + 8 * HOUR,
        endsAtMs: NOW + 16 * HOUR,
        reason: 'thesis',
        windowsOfSlice: [hours(from, 8)],
      })
    expect(decideBooking(stacked(0), DEFAULT_POLICY, NOW)).toEqual({ ok: true, value: 'queue' })
    const result = decideBooking(stacked(-24 * 14), DEFAULT_POLICY, NOW)
    expect(result.ok ? null : result.problem.code).toBe('booking.stacked')
    expect(result.ok ? '' : result.problem.hint).toContain('Leave 1 h between two windows')
  })

  test('may follow each other where the policy asks for no rest', () => {
    const policy = { ...DEFAULT_POLICY, restHours: 0 }
    const one = booking({ endsAtMs: NOW + 8 * HOUR, windowsOfSlice: [hours(-8, 0)] })
    expect(decideBooking(one, policy, NOW)).toEqual({ ok: true, value: 'automatic' })
  })
})

describe('exceptions', () => {
  const policy = {
    ...DEFAULT_POLICY,
    roles: { instructor: Exception.parse({ automatic: { hosts: 50 }, slicesAtOnce: 40 }) },
  }

  test('of a role and of a project: the project’s word counts more, what neither names is as for everyone', () => {
    const project = Exception.parse({ automatic: { hosts: 5 }, total: { hosts: 20 } })
    expect(policyFor(policy, 'researcher', null)).toEqual(policy)
    expect(policyFor(policy, 'instructor', null).automatic).toEqual({ ...DEFAULT_POLICY.automatic, hosts: 50 })
    const both = policyFor(policy, 'instructor', project)
    expect(both.automatic.hosts).toBe(5)
    expect(both.slicesAtOnce).toBe(40)
    expect(both.total).toEqual({ ...DEFAULT_POLICY.total, hosts: 20 })
    expect(both.most).toEqual(DEFAULT_POLICY.most)
  })

  test('a policy that was stored before there were any still reads', () => {
    const { roles: _, total: __, restHours: ___, labsFirst: ____, onNodeFailure: _____, ...old } = DEFAULT_POLICY
    expect(Policy.parse(old)).toEqual(DEFAULT_POLICY)
  })
})
