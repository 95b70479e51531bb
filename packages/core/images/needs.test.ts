import { expect, test } from 'vitest'
import { checkNeeds, ImageNeeds, LEAST, needsInWords } from './needs'

const host = (change: object = {}) => ({ id: 'h1', name: 'r1', memoryMib: 64, diskMib: 256, processes: 512, ...change })

test('an image that says nothing needs what any does', () => {
  expect(ImageNeeds.parse({})).toEqual(LEAST)
  expect(checkNeeds(host(LEAST), 'base.1', ImageNeeds.parse({}))).toBeNull()
  expect(needsInWords(ImageNeeds.parse({}))).toBeNull()
  expect(ImageNeeds.safeParse({ memoryMib: 15 }).success).toBe(false)
})

test.each([
  ['memoryMib', 'image.memory', 'MiB of memory'],
  ['diskMib', 'image.disk', 'MiB of disk'],
  ['processes', 'image.processes', 'processes'],
] as const)('a host with too little of %s is told the field, what it has and what would do', (field, code, of) => {
  const needs = ImageNeeds.parse({ [field]: 100 })
  expect(checkNeeds(host({ [field]: 100 }), 'db.2', needs)).toBeNull()
  expect(checkNeeds(host({ [field]: 99 }), 'db.2', needs)).toEqual({
    code,
    message: `r1, field ${field}: it has 99 ${of}, and the image db.2 needs 100.`,
    hint: `Give it at least 100 ${of}, or choose another image.`,
    subject: { kind: 'host', id: 'h1' },
  })
  expect(needsInWords(needs)).toBe(`Needs 100 ${of}.`)
})
