// Does an answer arrive as superjson alone would have brought it?
import fc from 'fast-check'
import superjson from 'superjson'
import { expect, test } from 'vitest'
import { transformer } from './transformer'

const overWire = (value: unknown) => {
  const { json, meta } = transformer.serialize(value)
  return superjson.deserialize(JSON.parse(JSON.stringify({ json, meta })))
}
const asBefore = (value: unknown) => superjson.parse(superjson.stringify(value))
/** What came of it, be it that it was refused. */
const outcome = (of: () => unknown): unknown => {
  try {
    return { arrived: of() }
  } catch (error) {
    return { refused: error instanceof Error ? error.message : error }
  }
}

const odd = fc.oneof(
  ...[fc.date({ noInvalidDate: true }), fc.constantFrom(undefined, Number.NaN, Infinity, -Infinity, -0), fc.bigInt()],
  ...[fc.array(fc.string()).map((list) => new Set(list)), fc.webUrl().map((url) => new URL(url)), fc.jsonValue()],
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, odd, fc.jsonValue(), fc.array(tie('value')), tie('record')),
  record: fc.dictionary(fc.stringMatching(/^[a-z.\\]{1,6}$/), tie('value')),
}))

test('whatever is answered', () => {
  fc.assert(
    fc.property(value, (answer) => {
      expect(outcome(() => overWire(answer))).toStrictEqual(outcome(() => asBefore(answer)))
    }),
    { numRuns: 500 },
  )
})

test('what is plain beside what is not', () => {
  const hosts = { a: { state: 'up', reason: null }, 'b.c': { state: 'pending', reason: 'waits' } }
  const answer = {
    hosts,
    endsAt: new Date(0),
    reservation: null,
    nothing: undefined,
    list: [new Date(1), { ok: true }],
  }
  expect(transformer.serialize(answer).json).toMatchObject({ hosts, endsAt: '1970-01-01T00:00:00.000Z' })
  expect(overWire(answer)).toStrictEqual(answer)
  for (const alone of [null, undefined, 7, 'x', [], {}, new Date(2), [new Date(3)], new Map([[1, new Date(4)]])])
    expect(overWire(alone)).toStrictEqual(alone)
})

test('a class of its own is left to superjson', () => {
  class Odd {
    constructor(readonly at: Date) {}
  }
  expect(transformer.serialize({ odd: new Odd(new Date(5)) })).toEqual(
    superjson.serialize({ odd: new Odd(new Date(5)) }),
  )
})
