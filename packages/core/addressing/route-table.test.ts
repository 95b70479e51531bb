import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cidr, formatCidr, networkOf, overlaps, parseCidr } from './cidr'
import { compressRoutes } from './route-table'

type Table = { prefix: Cidr; hop: string }[]

const at = (text: string): Cidr => {
  const parsed = parseCidr(text)
  if (!parsed) throw new Error(text)
  return parsed
}

function lookup(table: Table, address: bigint): string | null {
  const host: Cidr = { version: 4, address, prefixLength: 32 }
  const best = table
    .filter((r) => overlaps(r.prefix, host))
    .toSorted((a, b) => b.prefix.prefixLength - a.prefix.prefixLength)[0]
  return best?.hop ?? null
}

const prefix = fc
  .record({ address: fc.bigInt(0n, 0xffffn), prefixLength: fc.integer({ min: 18, max: 32 }) })
  .map(({ address, prefixLength }) => networkOf({ version: 4, address: (10n << 24n) | address, prefixLength }))
const table = fc
  .uniqueArray(prefix, { selector: formatCidr, maxLength: 30 })
  .chain((prefixes) =>
    fc.tuple(...prefixes.map((p) => fc.constantFrom('a', 'b', 'c').map((hop) => ({ prefix: p, hop })))),
  )

test('every address of a given prefix keeps its next hop, and no more routes are needed than were given', () => {
  fc.assert(
    fc.property(table, fc.array(fc.bigInt(0n, 0xffffn), { minLength: 20, maxLength: 20 }), (given, probes) => {
      const small = compressRoutes(given)
      const edges = given.flatMap(({ prefix: p }) => [p.address, p.address + (1n << BigInt(32 - p.prefixLength)) - 1n])
      for (const address of [...probes.map((a) => (10n << 24n) | a), ...edges]) {
        const wanted = lookup(given, address)
        if (wanted !== null) expect(lookup(small, address)).toBe(wanted)
      }
      expect(small.length).toBeLessThanOrEqual(Math.max(given.length, 0))
    }),
    { numRuns: 300 },
  )
})

test('a thousand prefixes of a chain need a few routes', () => {
  const given = Array.from({ length: 1000 }, (_, i) => ({
    prefix: at(`10.${i >> 8}.${i & 255}.0/30`),
    hop: i < 400 ? 'left' : 'right',
  }))
  expect(compressRoutes(given).length).toBeLessThanOrEqual(8)
})

test('one prefix is left as it is', () => {
  const only = [{ prefix: at('10.0.1.0/30'), hop: 'a' }]
  expect(compressRoutes(only)).toEqual(only)
})

test('an empty table stays empty', () => {
  expect(compressRoutes([])).toEqual([])
})
