import { expect, test } from 'vitest'
import { nextHalfHour, windowOf } from './window'

const now = new Date('2026-05-04T10:07:31.500Z')

test.each([
  [{ start: null, length: { hours: 2 } }, '2026-05-04T10:07:00.000Z', '2026-05-04T12:07:00.000Z'],
  [
    { start: null, length: { until: new Date('2026-05-05T00:00:00Z') } },
    '2026-05-04T10:07:00.000Z',
    '2026-05-05T00:00:00.000Z',
  ],
  // The night the clocks change in most of Europe: 24 hours are 24 hours.
  [
    { start: new Date('2026-10-24T12:00:00Z'), length: { hours: 24 } },
    '2026-10-24T12:00:00.000Z',
    '2026-10-25T12:00:00.000Z',
  ],
])('%o is a window', (draft, from, until) => {
  const { startsAt, endsAt } = windowOf(draft, now)
  expect([startsAt.toISOString(), endsAt.toISOString()]).toEqual([from, until])
})

test('the next half hour is never in the past', () => {
  expect(nextHalfHour(now).toISOString()).toBe('2026-05-04T10:30:00.000Z')
  expect(nextHalfHour(new Date('2026-05-04T10:30:00Z')).toISOString()).toBe('2026-05-04T10:30:00.000Z')
})
