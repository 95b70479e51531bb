import { expect, test } from 'vitest'
import { LoadBook } from './load-book'
import { isEmpty, NewsBook } from './news'

test('a round looks at what changed, at everything at first, when hints were missed, and once a minute', () => {
  let now = 0
  const book = new NewsBook(() => now)
  expect(book.take().all).toBe(true)
  expect(isEmpty(book.take())).toBe(true)
  book.ofNode('a')
  book.ofNode('a')
  book.ofSlice('s')
  expect(book.take()).toEqual({ all: false, nodes: ['a'], slices: ['s'] })
  book.missed()
  expect(book.take().all).toBe(true)
  now = 59_000
  expect(book.take().all).toBe(false)
  now = 61_000
  expect(book.take().all).toBe(true)
})

test('load that nobody would see change is not written, but a node never looks as if it had fallen silent', () => {
  const book = new LoadBook()
  const id = 'n' as Parameters<LoadBook['put']>[0]
  const load = { cpuMilli: 500, memoryUsedMib: 1000, hosts: 3, atMs: 0 }
  book.put(id, load)
  expect(book.take().size).toBe(1)
  book.put(id, { ...load, cpuMilli: 540, atMs: 2000 })
  expect(book.take().size).toBe(0)
  book.put(id, { ...load, cpuMilli: 700, atMs: 4000 })
  expect(book.take().size).toBe(1)
  book.put(id, { ...load, cpuMilli: 700, atMs: 35_000 })
  expect(book.take().size).toBe(1)
})
