import { describe, expect, test } from 'vitest'
import { buildTopology } from './build'
import { applyEdit } from './edit'
import { Topology } from './topology'
import { validateTopology } from './validate'

const at = { x: 0, y: 0 }
const drawing = (stp: string[], links: [string, string][]) =>
  buildTopology(
    [
      ...['x', 'y', 'z', 'away'].map((name) => ({ name, kind: 'lan' as const, ...at, stp: stp.includes(name) })),
      ...['a', 'b', 'c'].map((name) => ({ name, kind: 'host' as const, ...at })),
    ],
    [['a', 'x'], ['b', 'y'], ['a', 'away'], ['c', 'away'], ...links].map(([from = '', to = '']) => ({ from, to })),
  )
const RING: [string, string][] = [
  ['x', 'y'],
  ['y', 'z'],
  ['z', 'x'],
  ['away', 'z'],
]
const loops = (t: Topology) =>
  validateTopology(t).flatMap((p) => (p.code === 'topology.lan-loop' ? [`${p.subject?.id} ${p.hint}`] : []))

describe('LANs of a drawing', () => {
  test('in a circle need spanning tree, all of them and no others', () => {
    expect(loops(drawing([], RING)).map((l) => l.split(' ')[0])).toEqual(['lan-x', 'lan-y', 'lan-z'])
    expect(loops(drawing(['x', 'y'], RING))[0]).toContain('Switch on STP at z')
    expect(loops(drawing(['x', 'y', 'z'], RING))).toEqual([])
    expect(loops(drawing([], RING.slice(1)))).toEqual([])
  })

  test('of before there were VLANs and STP still parse, as plain ones', () => {
    const { lans, ...rest } = drawing([], [])
    const old = { ...rest, lans: lans.map(({ stp: _, vlanFiltering: __, ...lan }) => lan) }
    expect(Topology.parse(old)).toEqual({ ...rest, lans })
  })

  test('give a VLAN to the end of a link that hangs on them, and take it away again', () => {
    const before = drawing([], [])
    const link = before.links[0]
    if (!link) throw new Error('no link')
    const set = (t: Topology, vlan: { mode: 'access'; vid: number } | null, end: 0 | 1) => {
      const result = applyEdit(t, { kind: 'set-vlan', link: link.id, end, vlan })
      if (!result.ok) throw new Error(result.problem.message)
      return result.value
    }
    const after = set(before, { mode: 'access', vid: 12 }, 1)
    expect(after.links[0]?.ends[1]).toEqual({ kind: 'lan', lan: 'lan-x', vlan: { mode: 'access', vid: 12 } })
    expect(set(after, null, 1)).toEqual(before)
    expect(set(before, { mode: 'access', vid: 12 }, 0)).toEqual(before) // the end at a host has none
  })
})
