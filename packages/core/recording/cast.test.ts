import { expect, test } from 'vitest'
import { castHeader, outputLine, readCast, resizeLine, withoutPauses } from './cast'

const text = [
  castHeader({ columns: 80, rows: 24, startedAtMs: 1_700_000_000_500, title: 'web' }),
  outputLine(12.4, 'a\r\n"ü"\u001b[31m'),
  resizeLine(500, 100, 30),
  '[0.6,"i","typed"]\n',
  outputLine(10_500, 'later'),
].join('')

test('what is written is asciicast 2, and is read again as it was', () => {
  expect(JSON.parse(text.split('\n')[0] ?? '')).toEqual({
    version: 2,
    width: 80,
    height: 24,
    timestamp: 1_700_000_000,
    title: 'web',
    env: { TERM: 'xterm-256color' },
  })
  expect(readCast(text)).toEqual({
    columns: 80,
    rows: 24,
    durationMs: 10_500,
    events: [
      { atMs: 12, kind: 'output', text: 'a\r\n"ü"\u001b[31m' },
      { atMs: 500, kind: 'resize', columns: 100, rows: 30 },
      { atMs: 10_500, kind: 'output', text: 'later' },
    ],
  })
})

test('long pauses become short, the rest stays as far apart as it was', () => {
  expect(withoutPauses(readCast(text), 2000).events.map((e) => e.atMs)).toEqual([12, 500, 2500])
  expect(withoutPauses(readCast(text), 2000).durationMs).toBe(2500)
})

test('what is no recording is none', () => {
  expect(() => readCast('{"version":1,"width":80,"height":24}\n')).toThrow()
  expect(() => readCast('')).toThrow()
})
