import { afterAll, describe, expect, test } from 'vitest'
import { dayFrom, daysFrom, dayText, hoursOf, snap, startOfDay, zoneText } from './time-axis'

const HOUR_MS = 3_600_000
const before = process.env.TZ
afterAll(() => {
  process.env.TZ = before
})

/** Days on which the clocks of a zone change, with what they do to its length and its hours. */
const CHANGES = [
  { zone: 'Europe/Berlin', day: '2026-03-29', hours: 23, skipped: '02', twice: null, zones: 'CET, then CEST' },
  { zone: 'Europe/Berlin', day: '2026-10-25', hours: 25, skipped: null, twice: '02', zones: 'CEST, then CET' },
  { zone: 'America/New_York', day: '2026-03-08', hours: 23, skipped: '02', twice: null, zones: 'GMT-5, then GMT-4' },
  { zone: 'America/New_York', day: '2026-11-01', hours: 25, skipped: null, twice: '01', zones: 'GMT-4, then GMT-5' },
]

describe.each(CHANGES)('$day in $zone', ({ zone, day, hours, skipped, twice, zones }) => {
  const week = () => {
    process.env.TZ = zone
    const first = dayFrom(day)
    if (!first) throw new Error('no such day')
    return daysFrom(first, 'week')
  }

  test('is as long as it is there, and the days after it begin at midnight', () => {
    const days = week()
    expect(days.map((d) => (d.window.untilMs - d.window.fromMs) / HOUR_MS)).toEqual([hours, 24, 24, 24, 24, 24, 24])
    expect(days[0]?.changeMin).toBe((24 - hours) * 60)
    for (const { window } of days) expect(new Date(window.fromMs).getHours()).toBe(0)
    expect(days.slice(1).map((d, i) => d.window.fromMs - (days[i]?.window.untilMs ?? 0))).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('names each hour as the clock on the wall does', () => {
    const [first] = week()
    if (!first) throw new Error('no day')
    const labels = hoursOf(first.window, 1).map((t) => t.label)
    expect(labels).toHaveLength(hours - 1)
    if (skipped !== null) expect(labels).not.toContain(skipped)
    if (twice !== null) expect(labels.filter((l) => l === twice)).toHaveLength(2)
    for (const { atMs, label } of hoursOf(first.window, 6)) expect(new Date(atMs).getHours()).toBe(Number(label))
  })

  test('a window snaps to what the clock shows, before and after the change', () => {
    const [first] = week()
    if (!first) throw new Error('no day')
    for (let at = first.window.fromMs; at < first.window.untilMs; at += 17 * 60_000) {
      const snapped = new Date(snap(at, 30))
      expect(snapped.getMinutes() % 30).toBe(0)
      expect(Math.abs(snapped.getTime() - at)).toBeLessThanOrEqual(15 * 60_000)
    }
  })

  test('the zone is told with both of its names', () => {
    const [first] = week()
    if (!first) throw new Error('no day')
    expect(zoneText(first.window)).toBe(`${zone} (${zones})`)
  })
})

test('where clocks stand a quarter off the full hour, windows still begin as the clock shows', () => {
  process.env.TZ = 'Asia/Kathmandu'
  const at = new Date(2026, 4, 6, 9, 50)
  expect(new Date(snap(at.getTime(), 30))).toEqual(new Date(2026, 4, 6, 10, 0))
  expect(hoursOf(daysFrom(at, 'day')[0]?.window ?? { fromMs: 0, untilMs: 0 }, 6).map((t) => t.label)).toEqual([
    '06',
    '12',
    '18',
  ])
})

test('a day in an address is read again as it was written, and what is none is not', () => {
  process.env.TZ = 'America/New_York'
  const day = startOfDay(new Date(2026, 2, 8, 15))
  expect(dayFrom(dayText(day))).toEqual(day)
  expect(dayFrom('2026-02-30')).toBeNull()
  expect(dayFrom('tomorrow')).toBeNull()
})
