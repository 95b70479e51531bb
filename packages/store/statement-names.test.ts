import { describe, expect, test } from 'vitest'
import { statementNames } from './statement-names'

const times = <T>(n: number, work: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => work(i))

describe('a statement', () => {
  test('has a name once it is asked often, another text another one', () => {
    const nameOf = statementNames()
    const names = times(5, () => nameOf({ sql: 'SELECT $1', args: [1] }))
    expect(names.map((name) => name !== '')).toEqual([false, false, false, true, true])
    expect(names[4]).toBe(names[3])
    expect(names[3]?.length).toBeLessThan(64) // NAMEDATALEN
    const [, , , other] = times(4, () => nameOf({ sql: 'SELECT $1, 2', args: [1] }))
    expect([other, other === names[3]]).toEqual([expect.stringMatching(/^s_/), false])
  })

  test('without values, or with a list of them, has none', () => {
    const nameOf = statementNames()
    expect(times(9, () => nameOf({ sql: 'BEGIN', args: [] }))).toEqual(times(9, () => ''))
    const args = times(25, (i) => i)
    expect(times(9, () => nameOf({ sql: 'SELECT … IN (…)', args }))).toEqual(times(9, () => ''))
  })

  test('has none when there are as many as a connection is to keep; those that have one keep it', () => {
    const nameOf = statementNames()
    const named = times(400, (i) => times(4, () => nameOf({ sql: `SELECT $1, ${i}`, args: [1] }))[3])
    expect(named.filter((name) => name !== '')).toHaveLength(300)
    expect(nameOf({ sql: 'SELECT $1, 7', args: [1] })).toBe(named[7])
  })
})
