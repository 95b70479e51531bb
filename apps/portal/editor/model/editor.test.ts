import { emulationOf, UNIMPAIRED } from '@myvini/core/topology/emulation'
import { randomTopology } from '@myvini/core/topology/random-topology'
import { emptyTopology } from '@myvini/core/topology/topology'
import { describe, expect, test } from 'vitest'
import { alignToGrid, autoLayout, freePlace } from './arrange'
import { copyFrom, pasteInto } from './clipboard'
import { Editor } from './editor'
import { GRID } from './geometry'
import { randomIds } from './new-id'
import { everything, NOTHING } from './selection'

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)
const drawing = (seed: number) => randomTopology({ seed, routers: 4, hosts: 5, lans: 2, extraLinks: 2 })

test('undone step by step a drawing is what it was, and redone what it became', () => {
  const editor = new Editor({ topology: emptyTopology(), readOnly: false })
  const seen = [editor.topology]
  const [a, b] = [editor.add('host', { x: 0, y: 0 }), editor.add('router', { x: 0, y: 0 })]
  if (!a || !b) throw new Error('nothing was added')
  editor.connect(a, b)
  editor.selectAll()
  editor.duplicateChosen()
  editor.removeChosen()
  const last = editor.topology
  for (let i = 0; i < 5; i++) {
    seen.push(editor.topology)
    editor.undo()
  }
  expect(editor.topology).toBe(seen[0])
  expect(editor.get().selection).toEqual(NOTHING)
  for (let i = 0; i < 5; i++) editor.redo()
  expect(editor.topology).toBe(last)
})

test('what a slider said is undone in one step, and a copy of a link is as bad as the link', () => {
  const editor = new Editor({ topology: drawing(3), readOnly: false })
  const [link] = editor.topology.links
  if (!link) throw new Error('no link was drawn')
  const set = (delayMs: number) => {
    const emulation = emulationOf({ ...UNIMPAIRED, delayMs }, UNIMPAIRED)
    editor.edit(
      { kind: 'update-link', link: link.id, patch: { emulation } },
      'Change the delay',
      `link ${link.id} delay`,
    )
  }
  for (const delayMs of [1, 5, 20, 70]) set(delayMs)
  const now = editor.topology.links.find((l) => l.id === link.id)
  expect(now?.emulation?.[0].delayMs).toBe(70)
  const fragment = copyFrom(editor.topology, everything(editor.topology))
  expect(fragment?.links.some((l) => l.emulation?.[0].delayMs === 70)).toBe(true)
  editor.undo()
  expect(editor.topology.links.find((l) => l.id === link.id)?.emulation).toEqual(link.emulation)
})

test('who may only look changes nothing', () => {
  const topology = drawing(1)
  const editor = new Editor({ topology, readOnly: true })
  editor.selectAll()
  editor.removeChosen()
  editor.duplicateChosen()
  editor.arrange('layout')
  expect(editor.add('host', { x: 0, y: 0 })).toBeNull()
  editor.undo()
  expect(editor.topology).toBe(topology)
})

describe.each(SEEDS)('drawing %i', (seed) => {
  const topology = drawing(seed)

  test('a copy has new ids and names, and its links stay within it', () => {
    const fragment = copyFrom(topology, everything(topology))
    if (!fragment) throw new Error('nothing was copied')
    const { edit } = pasteInto(topology, fragment, { x: 10, y: 10 }, randomIds)
    const idsOf = ({ hosts, lans, links }: typeof fragment) =>
      [...hosts, ...lans, ...links, ...hosts.flatMap((h) => h.interfaces)].map((t) => String(t.id))
    const ids = [...idsOf(topology), ...idsOf(edit)]
    expect(new Set(ids).size).toBe(ids.length)
    const names = [...topology.hosts, ...topology.lans, ...edit.hosts, ...edit.lans].map((t) => t.name)
    expect(new Set(names).size).toBe(names.length)
    const mine = new Set(idsOf(edit))
    for (const end of edit.links.flatMap((l) => l.ends))
      expect(mine.has(end.kind === 'lan' ? end.lan : end.interface)).toBe(true)
    expect(edit.links).toHaveLength(topology.links.length)
  })

  test('arranging puts each thing on the grid, once, and a new thing on none of them', () => {
    for (const moves of [autoLayout(topology, NOTHING), alignToGrid(topology, NOTHING)]) {
      expect(moves).toHaveLength(topology.hosts.length + topology.lans.length)
      for (const { x, y } of moves) expect([Math.abs(x % GRID), Math.abs(y % GRID)]).toEqual([0, 0])
    }
    const first = topology.hosts[0]
    const free = freePlace(topology, first?.position ?? { x: 0, y: 0 }, 'host')
    expect(topology.hosts.some((h) => h.position.x === free.x && h.position.y === free.y)).toBe(false)
  })
})
