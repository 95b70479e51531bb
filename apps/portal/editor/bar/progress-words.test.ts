import { expect, test } from 'vitest'
import type { SliceStatus } from '../workspace-context'
import { comingUp, goingDown, shareDone } from './progress-words'

type Progress = SliceStatus['progress']
const node = (name: string, more: Partial<Progress['nodes'][number]> = {}) => ({
  ...{ node: name, hostsDone: 4, hosts: 4, linksDone: 6, links: 6, state: 'done' as const, reason: null },
  ...more,
})
const progress = (more: Partial<Progress> = {}): Progress => ({
  ...{ hostsUp: 9, hosts: 11, linksUp: 12, links: 25, waitingFor: [], failed: [], since: new Date() },
  nodes: [node('a-1'), node('b-1', { linksDone: 2, state: 'working' })],
  ...more,
})
const refused = { name: 'r3', reason: 'no such image', subject: { kind: 'host' as const, id: 'h3' } }

test('what is over in a moment is not counted aloud, and has no bar', () => {
  expect(comingUp(progress(), 300)).toBe('Coming up.')
  expect(shareDone(progress(), 300)).toBeNull()
})

test('after a second it says how far it is', () => {
  expect(comingUp(progress(), 1500)).toBe('12 of 25 links up, 9 of 11 hosts.')
  expect(shareDone(progress(), 1500)).toBe(16 / 20)
})

test('a node that is slow is named once others would have been done', () => {
  expect(comingUp(progress(), 9000)).toBe('12 of 25 links up, 9 of 11 hosts; b-1 is at 6 of 10 parts.')
})

test('a node that cannot be reached, and what was refused, are named at once', () => {
  const nodes = [node('a-1'), node('b-1', { state: 'unreachable' }), node('c-1', { state: 'refused' })]
  expect(comingUp(progress({ nodes, failed: [refused] }), 100)).toBe(
    '12 of 25 links up, 9 of 11 hosts; r3 failed; b-1 cannot be reached, c-1 refuses its plan.',
  )
})

test('going down, it says what is gone and who is waited for', () => {
  const nodes = [node('a-1'), node('b-1', { hostsDone: 0, linksDone: 0, state: 'unreachable' })]
  expect(goingDown(progress({ nodes }), 2000)).toBe('Being taken down: 4 of 11 hosts gone; b-1 cannot be reached.')
  expect(goingDown(progress(), 100)).toBe('Being taken down.')
})

test('a drawing without links is counted in hosts', () => {
  expect(comingUp(progress({ links: 0, linksUp: 0 }), 2000)).toBe('9 of 11 hosts up.')
})
