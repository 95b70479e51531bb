'use client'
// What the keyboard and the palette of commands do in a workspace.
import { useReactFlow } from '@xyflow/react'
import { useState } from 'react'
import { useUrlState } from '../browser/url-state'
import { tell, tellProblem } from '../components/toast'
import { type Command, useCommands } from '../frame/commands'
import { useFit } from './canvas/use-fit'
import type { Fragment } from './model/clipboard'
import { GRID, type Shape } from './model/geometry'
import { chosenIn, NOTHING, nodesOf } from './model/selection'
import { useMiddle } from './use-viewport'
import { useShown, useView, useWorkspace } from './workspace-context'

// Kept while the browser is open, so that a part of one slice can be pasted into another.
let clipboard: Fragment | null = null

export function useWorkspaceCommands() {
  const { shown, autosave, view, openTerminal } = useWorkspace()
  const flow = useReactFlow()
  const fit = useFit()
  const middle = useMiddle()
  const readOnly = useShown((s) => s.readOnly)
  const selection = useShown((s) => s.selection)
  const where = useView((v) => v.where)
  const [, setPanel] = useUrlState('panel')
  const [, setCopied] = useState(0)
  const chosen = chosenIn(shown.topology, selection)
  const nothing = selection.size === 0

  const add = (shape: Shape, linked: boolean) => {
    const refs = linked ? nodesOf(chosen) : []
    const [last] = [...chosen.hosts, ...chosen.lans].slice(-1)
    // Beside what it is linked to, or else in the middle of what is seen.
    const at = linked && last ? { x: last.position.x + GRID * 9, y: last.position.y } : middle()
    shown.add(shape, at, refs)
  }
  const nudge = (x: number, y: number) => {
    const moves = [...chosen.hosts, ...chosen.lans].map((thing) => ({
      node: nodesOf('kind' in thing ? { hosts: [thing], lans: [] } : { hosts: [], lans: [thing] })[0],
      x: thing.position.x + x * GRID,
      y: thing.position.y + y * GRID,
    }))
    const real = moves.flatMap((m) => (m.node ? [{ node: m.node, x: m.x, y: m.y }] : []))
    if (real.length > 0) shown.edit({ kind: 'move', moves: real }, 'Move', 'nudge')
  }
  const save = () =>
    void autosave.flush().then((done) => {
      if (done) tell('Saved')
    }, tellProblem)

  const draw: Command[] = [
    { label: 'Add a host', keys: 'H', run: () => add('host', false) },
    { label: 'Add a router', keys: 'R', run: () => add('router', false) },
    { label: 'Add a gateway', keys: 'G', also: 'nat outside internet', run: () => add('gateway', false) },
    { label: 'Add a LAN', keys: 'L', also: 'ethernet segment', run: () => add('lan', false) },
    {
      label: 'Add a host linked to what is selected',
      keys: 'Shift+H',
      disabled: nothing,
      run: () => add('host', true),
    },
    {
      label: 'Add a router linked to what is selected',
      keys: 'Shift+R',
      disabled: nothing,
      run: () => add('router', true),
    },
    { label: 'Link what is selected', keys: 'C', also: 'connect', disabled: nothing, run: () => shown.connectChosen() },
    { label: 'Undo', keys: 'Mod+Z', run: () => shown.undo() },
    { label: 'Redo', keys: 'Mod+Shift+Z Mod+Y', run: () => shown.redo() },
    {
      label: 'Copy',
      keys: 'Mod+C',
      disabled: nothing || (typeof window !== 'undefined' && window.getSelection()?.toString() !== ''),
      run: () => {
        clipboard = shown.copyChosen() ?? clipboard
        setCopied((n) => n + 1)
      },
    },
    {
      label: 'Cut',
      keys: 'Mod+X',
      disabled: nothing,
      run: () => {
        clipboard = shown.copyChosen() ?? clipboard
        shown.removeChosen()
      },
    },
    { label: 'Paste', keys: 'Mod+V', disabled: clipboard === null, run: () => clipboard && shown.paste(clipboard) },
    { label: 'Duplicate', keys: 'Mod+D', disabled: nothing, run: () => shown.duplicateChosen() },
    { label: 'Remove', keys: 'Delete Backspace', disabled: nothing, run: () => shown.removeChosen() },
    { label: 'Lay out', keys: 'Shift+L', also: 'auto layout arrange', run: () => shown.arrange('layout') },
    { label: 'Align to the grid', keys: 'Shift+G', run: () => shown.arrange('grid') },
    {
      label: 'Plan all addresses anew',
      also: 'replan ip',
      run: () => shown.edit({ kind: 'replan-addresses' }, 'Plan addresses anew'),
    },
    { label: 'Save now', keys: 'Mod+S', run: save },
    ...(
      [
        ['ArrowLeft', -1, 0],
        ['ArrowRight', 1, 0],
        ['ArrowUp', 0, -1],
        ['ArrowDown', 0, 1],
      ] as const
    ).map(
      ([keys, x, y]): Command => ({
        label: `Move by ${keys.slice(5).toLowerCase()}`,
        keys,
        hidden: true,
        disabled: nothing,
        run: () => nudge(x, y),
      }),
    ),
  ]
  const look: Command[] = [
    {
      label: 'Open a terminal in what is selected',
      keys: 'Enter',
      disabled: chosen.hosts.length === 0,
      run: () => {
        for (const host of chosen.hosts) openTerminal(host.id)
      },
    },
    { label: 'Select everything', keys: 'Mod+A', run: () => shown.selectAll() },
    {
      label: 'Select nothing',
      keys: 'Escape',
      hidden: true,
      run: () => {
        shown.cancelLink()
        shown.select(NOTHING)
      },
    },
    {
      label: 'Fit to the window',
      keys: 'F',
      run: () => void fit(),
    },
    { label: 'Zoom in', keys: '+', hidden: true, run: () => void flow.zoomIn({ duration: 100 }) },
    { label: 'Zoom out', keys: '-', hidden: true, run: () => void flow.zoomOut({ duration: 100 }) },
    { label: 'Zoom to 100 %', keys: '0', hidden: true, run: () => void flow.zoomTo(1, { duration: 100 }) },
    { label: where ? 'Hide where it runs' : 'Where does it run?', keys: 'W', run: () => view.set({ where: !where }) },
    { label: 'Book', keys: 'B', also: 'reserve start run', run: () => setPanel('book') },
  ]
  useCommands('Drawing', readOnly ? [] : draw)
  useCommands('Slice', look)
}
