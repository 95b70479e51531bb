import { expect, test } from 'vitest'
import { NOTHING_USED } from '../../substrate/usage'
import { instanceOf } from '../instance'
import { join, node } from '../two-sites'
import { minCut } from './min-cut'

test('the least cut is where the sum of what is left is least, not where there are fewest links', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const substrate = {
    nodes: names.map((name) => node(name, 'S')),
    // From a to e: one link of 100 out of a, then three of 20 side by side, then one of 90.
    links: [
      join('a', 'b', 100),
      join('b', 'c', 20),
      join('b', 'd', 20),
      join('b', 'e', 20),
      join('c', 'e', 90),
      join('d', 'e', 90),
    ],
  }
  const instance = instanceOf(substrate, NOTHING_USED, { nodes: [], links: [] }, 'spread')
  expect([...minCut(instance, new Set([0]), new Set([4]))].toSorted()).toEqual([0, 1])
})

test('flow that went the wrong way is taken back', () => {
  const names = ['s', 'x', 'y', 't']
  const substrate = {
    nodes: names.map((name) => node(name, 'S')),
    links: [join('s', 'x', 10), join('x', 'y', 10), join('y', 't', 10), join('s', 'y', 10), join('x', 't', 10)],
  }
  const instance = instanceOf(substrate, NOTHING_USED, { nodes: [], links: [] }, 'spread')
  expect([...minCut(instance, new Set([0]), new Set([3]))]).toEqual([0])
})
