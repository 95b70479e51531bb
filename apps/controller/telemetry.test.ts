import { sumTraffic } from '@myvini/store/traffic'
import { expect, test } from 'vitest'
import { ratesBetween, waysOf } from './telemetry'

const end = (egreKey: number, letter: 'a' | 'b' | null, rx: number, tx: number, drops = {}) => ({
  ...{ egreKey, rxPackets: rx, rxBytes: rx * 100, txPackets: tx, txBytes: tx * 100 },
  ...(letter && { end: letter, drops }),
})

test('what was dropped is told of the direction it went in, wherever on the way that was', () => {
  const first = waysOf({ ends: [end(7, 'a', 10, 4, { oversize: 2 })] })
  const between = waysOf({ ends: [], underlayDrops: [{ egreKey: 7, from: 'b', drops: { ttl: 1 } }] })
  const last = waysOf({
    ends: [end(7, 'b', 5, 8)],
    underlayDrops: [{ egreKey: 7, from: 'a', drops: { oversize: 1, truncated: 3 } }],
  })
  const slivers = [first, between, last].map((ways) => ({ traffic: { l1: { bps: 0, ways: ways.get(7) } } }))
  expect(sumTraffic(slivers).ways.l1).toEqual([
    { sent: 10, sentBytes: 1000, arrived: 8, drops: { oversize: 3, truncated: 3 } },
    { sent: 5, sentBytes: 500, arrived: 4, drops: { ttl: 1 } },
  ])
})

test('both ends on one node are two directions; links that rest and agents of before have none', () => {
  const ways = waysOf({ ends: [end(7, 'a', 3, 2), end(7, 'b', 2, 3), end(8, 'a', 0, 0), end(9, null, 5, 5)] })
  expect([...ways.keys()]).toEqual([7])
  expect(ways.get(7)?.map((w) => [w.sent, w.arrived])).toEqual([
    [3, 3],
    [2, 2],
  ])
})

test('a node that only relays a link tells what it dropped of it, and no rate', () => {
  const ways = waysOf({ ends: [], underlayDrops: [{ egreKey: 7, from: 'a', drops: { ttl: 1 } }] })
  const rates = ratesBetween({ atMs: 0, bytes: new Map() }, { atMs: 1000, bytes: new Map(), ways })
  expect(rates).toMatchObject([{ egreKey: 7, bps: 0, ways: [{ drops: { ttl: 1 } }, { drops: {} }] }])
})
