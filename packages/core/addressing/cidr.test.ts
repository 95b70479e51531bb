import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cidr, canonicalAddress, formatCidr, isUsableByHost, networkOf, overlaps, parseCidr } from './cidr'

const cidr4 = fc.record({
  version: fc.constant(4 as const),
  address: fc.bigInt(0n, 0xffffffffn),
  prefixLength: fc.integer({ min: 0, max: 32 }),
})
const cidr6 = fc.record({
  version: fc.constant(6 as const),
  address: fc.bigInt(0n, (1n << 128n) - 1n),
  prefixLength: fc.integer({ min: 0, max: 128 }),
})
const cidr: fc.Arbitrary<Cidr> = fc.oneof(cidr4, cidr6)

describe('addresses', () => {
  test.each([
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fd00:0:1::', 'fd00:0:1::'],
    ['192.0.2.1', '192.0.2.1'],
    ['no address', 'no address'],
  ])('%s is written as %s', (text, written) => {
    expect(canonicalAddress(text)).toBe(written)
  })

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(cidr, (c) => {
        expect(parseCidr(formatCidr(c))).toEqual(c)
      }),
    )
  })

  test.each([
    ['10.0.0.1/24', true],
    ['10.0.0.1', false],
    ['10.0.0.1/33', false],
    ['10.0.0.256/24', false],
    ['010.0.0.1/24', false],
    ['10.0.0/24', false],
    ['10.0.0.1/24/1', false],
    ['10.0.0.1/', false],
    ['2001:db8::1/64', true],
    ['::/0', true],
    ['1::2::3/64', false],
    ['1:2:3:4:5:6:7:8/128', true],
    ['1:2:3:4:5:6:7/64', false],
    ['2001:db8::12345/64', false],
    ['; rm -rf //8', false],
  ])('%s is valid: %s', (text, valid) => {
    expect(parseCidr(text) !== null).toBe(valid)
  })

  test.each([
    ['2001:0db8:0000:0000:0000:0000:0000:0001/64', '2001:db8::1/64'],
    ['2001:db8:0:1:1:1:1:1/64', '2001:db8:0:1:1:1:1:1/64'],
    ['0:0:1:0:0:0:1:0/64', '0:0:1::1:0/64'],
  ])('%s is written as RFC 5952 wants: %s', (text, canonical) => {
    const parsed = parseCidr(text)
    expect(parsed && formatCidr(parsed)).toBe(canonical)
  })

  test('two networks overlap exactly when one holds the first address of the other', () => {
    fc.assert(
      fc.property(cidr4, cidr4, (a, b) => {
        const holds = (outer: Cidr, inner: Cidr) =>
          networkOf({ ...inner, prefixLength: outer.prefixLength }).address === networkOf(outer).address &&
          inner.prefixLength >= outer.prefixLength
        expect(overlaps(a, b)).toBe(holds(a, b) || holds(b, a))
      }),
    )
  })

  test.each([
    ['10.0.0.0/24', false],
    ['10.0.0.255/24', false],
    ['10.0.0.1/24', true],
    ['10.0.0.0/31', true],
    ['10.0.0.7/32', true],
  ])('a host may have %s: %s', (text, usable) => {
    const parsed = parseCidr(text)
    expect(parsed && isUsableByHost(parsed)).toBe(usable)
  })
})
