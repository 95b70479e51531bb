import { describe, expect, test } from 'vitest'
import { readClassList, usable, writeCsv } from './class-list'

const ADA = { name: 'Ada Lovelace', email: 'ada@example.test' }
const GRACE = { name: 'Hopper, Grace', email: 'grace@example.test' }

describe('a list is read as spreadsheets and registrars write it', () => {
  test.each<[string, string]>([
    ['commas and a heading', 'Name,Email\nAda Lovelace,ada@example.test\n"Hopper, Grace",grace@example.test\n'],
    ['semicolons', 'name;e-mail\nAda Lovelace;ada@example.test\nHopper, Grace;grace@example.test'],
    ['tabs', 'Ada Lovelace\tada@example.test\nHopper, Grace\tgrace@example.test'],
    ['a byte-order mark', '\uFEFFName,Email\nAda Lovelace,ada@example.test\n"Hopper, Grace",grace@example.test'],
    ['Windows line ends', 'Name,Email\r\nAda Lovelace,ada@example.test\r\n"Hopper, Grace",grace@example.test\r\n'],
    ['the address first', 'ada@example.test,Ada Lovelace\ngrace@example.test,"Hopper, Grace"'],
    ['a column more', 'No,Name,Email\n1,Ada Lovelace,ada@example.test\n2,"Hopper, Grace",grace@example.test'],
    ['empty lines and spaces', '\n Ada  Lovelace , ADA@example.test \n\n"Hopper, Grace" , grace@example.test\n\n'],
  ])('%s', (_, text) => {
    expect(usable(readClassList(text))).toEqual([ADA, GRACE])
  })
})

test('every bad line says what is wrong with it, and the good ones stay', () => {
  const text = [
    'Name,Email',
    'Ada Lovelace,ada@example.test',
    'No Address,',
    'Bad Address,bad@nowhere',
    ',nobody@example.test',
    'Ada Again,ADA@example.test',
    `${'x'.repeat(81)},long@example.test`,
    'Alone',
  ].join('\n')
  expect(readClassList(text).map(({ number, problem }) => [number, problem])).toEqual([
    [2, null],
    [3, 'The e-mail address is missing.'],
    [4, '"bad@nowhere" is not an e-mail address.'],
    [5, 'The name is missing.'],
    [6, 'The same address is on line 2.'],
    [7, 'The name is longer than 80 characters.'],
    [8, 'The e-mail address is missing.'],
  ])
})

test('a quotation mark that is not closed is told at the line where it opens', () => {
  const lines = readClassList('Ada Lovelace,ada@example.test\n"Hopper, grace@example.test\nMore,more@example.test')
  expect(lines.map(({ number, problem }) => [number, problem])).toEqual([
    [1, null],
    [2, 'A quotation mark is not closed.'],
  ])
})

test('ten thousand lines are read whole', () => {
  const text = Array.from({ length: 10_000 }, (_, i) => `Student ${i},s${i}@example.test`).join('\r\n')
  const lines = readClassList(text)
  expect(usable(lines)).toHaveLength(10_000)
  expect(lines.at(-1)?.number).toBe(10_000)
})

test('what is written for a spreadsheet is read back, and no cell is a formula', () => {
  const rows = [['Name', 'Email'], ...[ADA, GRACE].map((s) => [s.name, s.email])]
  expect(usable(readClassList(writeCsv(rows)))).toEqual([ADA, GRACE])
  expect(writeCsv([['=1+1', 'a"b']])).toBe(`'=1+1,"a""b"\r\n`)
})
