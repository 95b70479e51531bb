import { expect, test } from 'vitest'
import { cancelLines, lastLineOf, reportOf, summaryOf, takeEvents } from './run-table'

const hosts = { event: 'hosts', hosts: ['a', 'b', 'c'].map((name) => ({ id: name, name })) } as const
const out = (host: string, text: string, from: 'stdout' | 'stderr' = 'stdout') =>
  ({ event: 'output', host, from, text }) as const
const ended = (host: string, exitCode: number, more = {}) =>
  ({ event: 'ended', host, exitCode, cut: false, late: false, bytes: 3, ms: 12, ...more }) as const

test('each host has its line, in the order of the drawing, with what it said and how it ended', () => {
  const lines = takeEvents(
    [],
    [
      hosts,
      { event: 'started', host: 'b' },
      out('b', 'one\ntw'),
      out('b', 'o\n'),
      out('b', 'oh', 'stderr'),
      { event: 'started', host: 'a' },
      ended('b', 137, { late: true, cut: true }),
      { event: 'failed', host: 'a', problem: { code: 'x', message: 'a was lost.', hint: '' } },
    ],
  )
  expect(lines.map((l) => [l.host, l.state])).toEqual([
    ['a', 'failed'],
    ['b', 'ended'],
    ['c', 'waiting'],
  ])
  expect(lines[1]?.output).toEqual([
    { from: 'stdout', text: 'one\ntwo\n' },
    { from: 'stderr', text: 'oh' },
  ])
  expect(lines.map(lastLineOf)).toEqual(['', 'oh', ''])
  expect(summaryOf(lines)).toBe('1 waiting, 1 ended with an error, 1 failed')
  expect(reportOf('true', cancelLines(lines))).toBe(
    '$ true\n--- a: a was lost.\n--- b: exit 137, out of time, output cut off, 12 ms\none\ntwo\noh\n--- c: cancelled\n',
  )
})
