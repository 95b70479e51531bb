import { expect, test } from 'vitest'
import { MOST_NODES, planBox } from './layout'

test('four nodes form a ring, so that opposite ones are two hops apart', () => {
  const { links } = planBox(0, 4)
  expect(links.map((l) => `${l.a} ${l.b}`)).toEqual([
    'chicago-1 newyork-1',
    'newyork-1 atlanta-1',
    'atlanta-1 houston-1',
    'houston-1 chicago-1',
  ])
})

test.each([1, 2, 3, 4, 7, 8, 50, MOST_NODES])(
  '%i nodes have names, addresses and devices of their own, and are connected',
  (count) => {
    const { nodes, links } = planBox(3, count)
    for (const field of ['name', 'address', 'gateway', 'device'] as const)
      expect(new Set(nodes.map((n) => n[field])).size).toBe(count)
    expect(nodes.every((n) => n.device.length <= 15)).toBe(true)
    expect(new Set(links.map((l) => l.aAddress)).size).toBe(links.length)
    const seen = new Set([nodes[0]?.name])
    for (let grew = true; grew; ) {
      grew = false
      for (const { a, b } of links)
        if (seen.has(a) !== seen.has(b)) {
          seen.add(a).add(b)
          grew = true
        }
    }
    expect(seen.size).toBe(count)
  },
)

test('the link that closes the ring goes over IPv6, the others over IPv4', () => {
  const { links } = planBox(0, 4)
  expect(links.map((l) => l.aAddress.includes(':'))).toEqual([false, false, false, true])
})

test('a box of no nodes, or of more than there are addresses for, is refused', () => {
  expect(() => planBox(0, 0)).toThrow('1 to 256')
  expect(() => planBox(0, 257)).toThrow('257')
})
