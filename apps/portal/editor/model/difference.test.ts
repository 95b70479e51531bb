import { buildTopology } from '@myvini/core/topology/build'
import { Topology } from '@myvini/core/topology/topology'
import { expect, test } from 'vitest'
import { describeDifference, differenceOf, isSame } from './difference'

const drawn = buildTopology(
  [
    { name: 'h1', kind: 'host', x: 0, y: 0 },
    { name: 'lan1', kind: 'lan', x: 9, y: 0, vlanFiltering: true },
  ],
  [{ from: 'h1', to: 'lan1', vlans: [null, { mode: 'access', vid: 7 }] }],
)

test('what was just drawn is no other than what was booked of it and read again', () => {
  const booked = Topology.parse(JSON.parse(JSON.stringify(drawn)))
  expect(describeDifference(differenceOf(booked, drawn))).toBe('')
  expect(isSame(differenceOf(booked, drawn))).toBe(true)
})

test('a setting of a LAN is a change, where it stands is none', () => {
  const lans = (patch: object) => ({ ...drawn, lans: drawn.lans.map((lan) => ({ ...lan, ...patch })) })
  expect(describeDifference(differenceOf(drawn, lans({ stp: true })))).toBe('1 changed')
  expect(isSame(differenceOf(drawn, lans({ position: { x: 1, y: 1 } })))).toBe(true)
})
