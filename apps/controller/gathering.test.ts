import { expect, test } from 'vitest'
import { Gathering } from './gathering'

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('what is asked at once is asked together, and each has its own answer', async () => {
  const asked: number[][] = []
  const squares = new Gathering<number, number>(10, async (some) => {
    asked.push([...some])
    return some.map((n) => n * n)
  })
  expect(await Promise.all([1, 2, 3].map((n) => squares.ask(n)))).toEqual([1, 4, 9])
  expect(asked).toEqual([[1, 2, 3]])
})

test('what is asked while others are answered goes together after them, never more than so many', async () => {
  const asked: number[] = []
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const slow = new Gathering<number, number>(4, async (some) => {
    asked.push(some.length)
    if (asked.length === 1) await gate
    return some
  })
  const first = slow.ask(0)
  await tick()
  const rest = Array.from({ length: 9 }, (_, i) => slow.ask(i + 1))
  open()
  expect(await first).toBe(0)
  expect(await Promise.all(rest)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(asked).toEqual([1, 4, 4, 1])
})

test('one that cannot be answered is refused alone', async () => {
  const picky = new Gathering<number, number>(10, async (some) => {
    if (some.includes(2)) throw new Error('not two')
    return some
  })
  const all = await Promise.allSettled([1, 2, 3].map((n) => picky.ask(n)))
  expect(all.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await picky.ask(4)).toBe(4)
})

test('too few answers are refused, not given to the wrong one', async () => {
  const lossy = new Gathering<number, number>(10, async (some) => some.slice(1))
  await expect(lossy.ask(1)).rejects.toThrow('0 answers to 1 questions')
})
