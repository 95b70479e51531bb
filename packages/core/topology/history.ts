// What was the drawing before, and what was it before I went back? Undo and redo over whole drawings, which share all
// they have in common.
import type { Topology } from './topology'

export interface History {
  past: readonly { topology: Topology; label: string }[]
  present: Topology
  future: readonly { topology: Topology; label: string }[]
  /** The last step's group: steps with one group in a row, as of one drag or one word typed, are undone together. */
  group: string | null
}

/** Enough for a day's drawing; each step costs only what it changed. */
const MOST_STEPS = 500

export const startHistory = (topology: Topology): History => ({ past: [], present: topology, future: [], group: null })

export function record(history: History, next: Topology, label: string, group: string | null): History {
  if (next === history.present) return history
  if (group !== null && group === history.group) return { ...history, present: next, future: [] }
  const past = [...history.past, { topology: history.present, label }].slice(-MOST_STEPS)
  return { past, present: next, future: [], group }
}

export function undo(history: History): History {
  const last = history.past.at(-1)
  if (!last) return history
  return {
    past: history.past.slice(0, -1),
    present: last.topology,
    future: [{ topology: history.present, label: last.label }, ...history.future],
    group: null,
  }
}

export function redo(history: History): History {
  const [next, ...future] = history.future
  if (!next) return history
  return {
    past: [...history.past, { topology: history.present, label: next.label }],
    present: next.topology,
    future,
    group: null,
  }
}
