import type { Cast } from '@myvini/core/recording/cast'
import { expect, test } from 'vitest'
import { Playback } from './playback'

const cast: Cast = {
  columns: 80,
  rows: 24,
  durationMs: 3000,
  events: [
    { atMs: 0, kind: 'output', text: 'a' },
    { atMs: 1000, kind: 'output', text: 'b' },
    { atMs: 1500, kind: 'resize', columns: 100, rows: 30 },
    { atMs: 1500, kind: 'output', text: 'c' },
    { atMs: 3000, kind: 'output', text: 'd' },
  ],
}

test('forwards tells only what is new, backwards begins anew, and neither leaves the recording', () => {
  const told: string[] = []
  const playback = new Playback(cast, {
    reset: (columns, rows) => void told.push(`reset ${columns}x${rows}`),
    write: (text) => void told.push(text),
    resize: (columns, rows) => void told.push(`${columns}x${rows}`),
  })
  playback.seek(1200)
  playback.seek(1400)
  playback.seek(2000)
  expect(told.splice(0)).toEqual(['reset 80x24', 'ab', '100x30', 'c'])
  playback.seek(500)
  expect(told.splice(0)).toEqual(['reset 80x24', 'a'])
  playback.seek(9999)
  expect(told.splice(0)).toEqual(['b', '100x30', 'cd'])
  expect([playback.atMs, playback.isOver]).toEqual([3000, true])
  playback.seek(-5)
  expect(playback.atMs).toBe(0)
})
