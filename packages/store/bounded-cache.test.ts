import { expect, test } from 'vitest'
import { BoundedCache } from './bounded-cache'

const held = (cache: BoundedCache<string>, keys: string) =>
  [...keys].filter((key) => cache.get(key) !== undefined).join('')

test('the oldest leave when it is too much, and the newest stays whatever it weighs', () => {
  const cache = new BoundedCache<string>(10)
  for (const key of 'abc') cache.keep(key, key, 4)
  expect(held(cache, 'abc')).toBe('bc')
  cache.keep('d', 'd', 11)
  expect(held(cache, 'abcd')).toBe('d')
})

test('what is kept anew or forgotten weighs no longer what it did', () => {
  const cache = new BoundedCache<string>(10)
  cache.keep('a', 'first', 9)
  cache.keep('a', 'second', 2)
  cache.keep('b', 'b', 8)
  expect(cache.get('a')).toBe('second')
  cache.forget('b')
  cache.keep('c', 'c', 8)
  expect(held(cache, 'abc')).toBe('ac')
})
