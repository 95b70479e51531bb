import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf } from '../desired/lines'
import { Emulation, emulationOf, emulationWords, Impairment, isUnimpaired, UNIMPAIRED } from './emulation'
import { VirtualLink } from './topology'

const share = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100)
const impairment = fc.record({
  down: fc.boolean(),
  rateMbps: fc.option(fc.integer({ min: 1, max: 100_000 }).map((n) => n / 10)),
  delayMs: fc.integer({ min: 0, max: 10_000 }),
  jitterMs: fc.integer({ min: 0, max: 10_000 }),
  jitterShape: fc.constantFrom('normal' as const, 'uniform' as const),
  lossPercent: share,
  lossCorrelationPercent: fc.integer({ min: 0, max: 99 }),
  duplicatePercent: share,
  reorderPercent: share,
  corruptPercent: share,
  trace: fc.constant(null),
})

describe('the emulation of a link', () => {
  test('drawings of before it have none, and what is left out does nothing', () => {
    const link = {
      id: 'l',
      ends: [
        { kind: 'lan', lan: 'a' },
        { kind: 'lan', lan: 'b' },
      ],
      capacityMbps: 1,
      maxDelayMs: null,
    }
    expect(VirtualLink.parse(link).emulation).toBeNull()
    expect(Impairment.parse({})).toEqual(UNIMPAIRED)
  })

  test('that does nothing in either direction is none', () => {
    expect(emulationOf(UNIMPAIRED, { ...UNIMPAIRED, jitterShape: 'uniform', lossCorrelationPercent: 5 })).toBeNull()
    expect(emulationOf(UNIMPAIRED, { ...UNIMPAIRED, down: true })).not.toBeNull()
  })

  test('passes its own schema and says what it does in words', () => {
    fc.assert(
      fc.property(impairment, impairment, (there, back) => {
        const emulation = emulationOf(there, back)
        expect(Emulation.nullable().parse(emulation)).toEqual(emulation)
        expect(emulationWords(emulation) === '').toBe(emulation === null)
      }),
    )
  })

  test('is done where frames arrive: the way there at the second end, the way back at the first', () => {
    const emulation = emulationOf({ ...UNIMPAIRED, delayMs: 10 }, { ...UNIMPAIRED, lossPercent: 1, down: true })
    expect(lineOf('mv1a', 0, emulation, 0)).toMatchObject({ device: 'mv1a', down: false, delayUs: 0, loss: 10_000 })
    expect(lineOf('mv1b', 1, emulation, 0)).toMatchObject({ device: 'mv1b', down: true, delayUs: 10_000, loss: 0 })
  })

  test('an end at which nothing happens has no line; the distance of a box is added to both ways', () => {
    fc.assert(
      fc.property(impairment, (there) => {
        const line = lineOf('b', 1, [there, UNIMPAIRED], 0)
        expect(line === null).toBe(isUnimpaired({ ...there, down: false }))
        expect(lineOf('b', 1, [there, UNIMPAIRED], 7)?.delayUs).toBe(Math.min(10_000_000, (there.delayMs + 7) * 1000))
      }),
    )
    expect(lineOf('a', 0, null, 0)).toBeNull()
    expect(lineOf('a', 0, null, 2.5)?.delayUs).toBe(2500)
  })
})
