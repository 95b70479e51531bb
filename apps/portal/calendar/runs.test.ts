import { node } from '@myvini/core/embedding/two-sites'
import { Timeline } from '@myvini/core/reservation/timeline'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { expect, test } from 'vitest'
import { loadsOf } from '../substrate/loads'
import { rowsOf } from './runs'

const server = node('a', 'A', { cpuMilli: 1000, memoryMib: 1000, diskMib: 1000, hostSlots: 10 })
const substrate = { nodes: [server], links: [] }
const claim = { node: server.id, cpuMilli: 100, memoryMib: 300, hostSlots: 1 }

test('a piece of a row is of what is scarcest then: memory, and disk once there is less of it left', () => {
  const timeline = new Timeline({
    nodes: [
      { ...claim, diskMib: 200, fromMs: 0, untilMs: 20 },
      { ...claim, diskMib: 600, fromMs: 10, untilMs: 20 },
    ],
    links: [],
  })
  expect(rowsOf({ substrate, timeline }, { fromMs: 0, untilMs: 30 })).toMatchObject([
    {
      peak: 0.8,
      runs: [
        { fromMs: 0, untilMs: 10, share: 0.3, of: 'memory' },
        { fromMs: 10, untilMs: 20, share: 0.8, of: 'disk' },
      ],
    },
  ])
})

test('on the map a node is as full as its disk is, where that is scarcest', () => {
  const usage = { nodes: new Map([[server.id, { ...claim, diskMib: 900 }]]), links: new Map() }
  const { nodes } = loadsOf({ substrate, places: [], usage, adds: NOTHING_USED, hosts: new Map() })
  expect(nodes[0]?.used).toBe(0.9)
})
