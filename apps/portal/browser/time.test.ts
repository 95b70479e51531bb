import { expect, test } from 'vitest'
import { duration, relativeTime, shortTime, shortWindow } from './time'

// Local times throughout: the words depend on the reader's day, whatever the zone of the machine.
const now = new Date(2026, 4, 6, 18, 0)
const on = (day: number, hour: number, month = 4, year = 2026) => new Date(year, month, day, hour, 0)

test.each([
  [on(6, 9), '09:00'],
  [on(7, 9), 'tomorrow 09:00'],
  [on(5, 23), 'yesterday 23:00'],
  [on(9, 9), 'Sat 09:00'],
  [on(24, 9), '24 May 09:00'],
  [on(24, 9, 0, 2027), '24 Jan 2027 09:00'],
])('%s is told short', (at, told) => expect(shortTime(at, now)).toBe(told))

test('a window names the day once where it is one day', () => {
  expect(shortWindow(on(7, 9), on(7, 11), now)).toBe('tomorrow 09:00 – 11:00')
  expect(shortWindow(on(6, 23), on(7, 1), now)).toBe('23:00 – tomorrow 01:00')
})

test.each([
  [20_000, '20 s'],
  [90 * 60_000, '1 h 30 min'],
  [2 * 3_600_000, '2 h'],
  [48 * 3_600_000, '2 days'],
  [73 * 3_600_000, '3 days 1 h'],
])('%i ms last', (ms, told) => expect(duration(ms)).toBe(told))

test.each([
  [30_000, 'just now'],
  [5 * 60_000, 'in 5 min'],
  [-3 * 3_600_000, '3 h ago'],
  [-2 * 86_400_000, '2 d ago'],
])('%i ms from now', (ms, told) => expect(relativeTime(new Date(now.getTime() + ms), now)).toBe(told))
