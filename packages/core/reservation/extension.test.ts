import { expect, test } from 'vitest'
import { TWO_SITES } from '../embedding/two-sites'
import type { SubstrateLinkId } from '../ids'
import type { Usage } from '../substrate/usage'
import { ceilingOf } from './extension'
import { type LinkClaim, Timeline } from './timeline'

const [wide] = TWO_SITES.links
if (!wide) throw new Error('no link')
const holds = (mbps: number): Usage => ({ nodes: new Map(), links: new Map([[wide.id, mbps]]) })
const others = (...claims: [fromMs: number, untilMs: number, mbps: number][]) =>
  new Timeline({
    nodes: [],
    links: claims.map(
      ([fromMs, untilMs, mbps]): LinkClaim => ({ fromMs, untilMs, mbps, link: wide.id as SubstrateLinkId }),
    ),
  })
const ceiling = (mine: number, timeline: Timeline) =>
  ceilingOf({ substrate: TWO_SITES, others: timeline, holds: holds(mine), endsAtMs: 100 })

test('it may go on until others have been promised the room', () => {
  const half = wide.capacityMbps / 2
  expect(ceiling(half, others([150, 200, half + 1]))).toMatchObject({
    atMs: 150,
    because: expect.stringContaining('link'),
  })
  expect(ceiling(half, others([150, 200, half]))).toBeNull()
  expect(ceiling(half, others([120, 160, half], [150, 200, 1]))?.atMs).toBe(150)
})

test('what others had before it ends is no hindrance, and what they have from that moment on is at once', () => {
  expect(ceiling(wide.capacityMbps, others([0, 100, 10]))).toBeNull()
  expect(ceiling(wide.capacityMbps, others([100, 120, 10]))?.atMs).toBe(100)
  expect(ceiling(wide.capacityMbps, others([0, 120, 10]))?.atMs).toBe(100)
})

test('where nothing is held, nothing is in the way', () => expect(ceiling(0, others([100, 200, 1e9]))).toBeNull())
