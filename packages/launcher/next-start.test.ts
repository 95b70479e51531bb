import { describe, expect, test } from 'vitest'
import { nextStart } from './next-start'

/** Waits of a service that runs for so long each time. */
function waitsOf(ranMs: readonly number[]): number[] {
  let failures = 0
  return ranMs.map((ran) => {
    const next = nextStart(failures, ran)
    failures = next.failures
    return next.waitMs
  })
}

describe('starting a service again', () => {
  test('one that had been working is started at once, however often it is killed', () => {
    expect(waitsOf([5000, 60_000, 4000, 4500])).toEqual([200, 200, 200, 200])
  })

  test('one that ends as it starts is tried less and less often, and never less than every five seconds', () => {
    expect(waitsOf([10, 10, 10, 10, 10, 10, 10])).toEqual([200, 400, 800, 1600, 3200, 5000, 5000])
  })

  test('one that worked in between begins anew', () => {
    expect(waitsOf([10, 10, 10, 9000, 10])).toEqual([200, 400, 800, 200, 200])
  })
})
