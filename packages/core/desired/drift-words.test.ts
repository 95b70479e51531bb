import { expect, test } from 'vitest'
import { DRIFT_KINDS } from './drift'
import { driftWords } from './drift-words'

const names = { host: 'seattle', isLan: false, interface: 'eth1', link: 'seattle–denver', what: 'res-h1 was odd' }

test('a removed interface is told in the names of the drawing', () => {
  expect(driftWords('interface-gone', names)).toBe('seattle’s eth1 had been removed from inside; it was put back')
  expect(driftWords('interface-gone', { ...names, isLan: true })).not.toContain('inside')
})

test('every kind says what was done, with a capital where a name does not begin it', () => {
  for (const kind of DRIFT_KINDS) {
    const words = driftWords(kind, names)
    expect(words.length, kind).toBeGreaterThan(10)
    expect(words, kind).not.toMatch(/null|undefined|\.$/)
  }
  expect(driftWords('path-missing', names)).toMatch(/^The link seattle–denver had lost its path/)
})

test('what an agent of before tells is told in its own words', () => {
  expect(driftWords(null, names)).toBe('Res-h1 was odd')
})

test('a host that is no longer drawn is not called by its key', () => {
  expect(driftWords('container-ended', { ...names, host: null })).toContain('a host that is no longer drawn')
})
