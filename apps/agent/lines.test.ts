import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { readLines } from './lines'

async function read(chunks: readonly string[], mostBytes = 8): Promise<string[]> {
  const seen: string[] = []
  const stream = Readable.from(chunks.map((c) => Buffer.from(c)))
  readLines(
    stream,
    mostBytes,
    (line) => seen.push(line),
    () => seen.push('(too long)'),
  )
  await finished(stream)
  return seen
}

test('lines are put together from pieces, wherever these are cut', async () => {
  expect(await read(['a', 'b\nc', '\n', '\n', 'de\nfg'])).toEqual(['ab', 'c', 'de'])
  expect(await read(['€', '\n'])).toEqual(['€'])
})

test('a line that is too long is told once and passed over, and what comes after is heard', async () => {
  expect(await read(['12345678\n', '123', '456789', 'abc', 'def\nnext\n'])).toEqual(['12345678', '(too long)', 'next'])
  expect(await read(['123456789\nnext\n'])).toEqual(['(too long)', 'next'])
})

test('one that never ends holds no more than the most', async () => {
  expect(await read(Array(1000).fill('xxxxxxxx'))).toEqual(['(too long)'])
})
