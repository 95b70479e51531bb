import { describe, expect, test } from 'vitest'
import { unexcused } from './losses'

const answered = (...seqs: number[]) => seqs.map((seq) => ({ seq, atMs: seq * 100 }))

describe('packets of a stream that were lost', () => {
  test('none when every one was answered, in whatever order', () => {
    expect(unexcused(answered(0, 1, 3, 2, 4), [])).toEqual([])
  })

  test('are told by when they must have been sent', () => {
    expect(unexcused(answered(0, 1, 2, 5), [])).toEqual([300, 400])
  })

  test('count from the very first', () => {
    expect(unexcused(answered(0, 3), [])).toEqual([100, 200])
  })

  test('are excused while their path was cut, and only then', () => {
    expect(unexcused(answered(1, 2, 5, 8), [{ fromMs: 250, untilMs: 450 }])).toEqual([600, 700])
  })

  test('are not counted while an answer may still come', () => {
    expect(unexcused(answered(0, 1, 2), [])).toEqual([])
  })
})
