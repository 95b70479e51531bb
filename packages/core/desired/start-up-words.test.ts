import { expect, test } from 'vitest'
import { tellStartUp } from './start-up-words'

const host = {
  files: [{ path: '/etc/motd', content: '', executable: false }],
  commands: [
    { command: 'true', timeoutS: 1 },
    { command: 'false', timeoutS: 1 },
  ],
}
const ran = (...codes: (number | null)[]) => codes.map((code) => ({ code, output: '' }))
/** As on a node: a file and a command of routing come first. */
const expected = { files: 2, commands: 3 }

test('a start of which all went well has nothing to remark', () => {
  const story = tellStartUp(host, { done: true, files: [], commands: ran(0, 0, 0) }, expected)
  expect(story).toEqual({ word: null, hasFailed: false, commands: ran(0, 0) })
})

test('a command that failed is named by its place in the drawing, and told from one that took too long', () => {
  const word = (...codes: number[]) =>
    tellStartUp(host, { done: true, files: [], commands: ran(...codes) }, expected).word
  expect(word(0, 0, 1)).toBe('start-up command 2 failed (exit 1)')
  expect(word(0, 124, 1)).toBe('start-up command 1 failed (took too long)')
  expect(word(7, 0, 0)).toBe('the start of its routing failed (exit 7)')
})

test('what still runs is said, and what has not begun has no result', () => {
  const story = tellStartUp(host, { done: false, files: [], commands: ran(0, null) }, expected)
  expect(story).toEqual({ word: 'start-up command 1 runs', hasFailed: false, commands: [...ran(null), null] })
})

test('a file that could not be put in place is named', () => {
  const story = (file: number) =>
    tellStartUp(host, { done: true, files: [file], commands: ran(0, 0, 0) }, expected).word
  expect(story(1)).toBe('/etc/motd could not be put in place')
  expect(story(0)).toBe('a file of its routing could not be put in place')
})
