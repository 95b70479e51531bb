'use client'
// What all parts of a slice's workspace share.
import { createContext, type ReactNode, useContext } from 'react'
import { type Store, useWatched } from '../browser/store'
import type { ApiOutput } from '../server/routers/types'
import type { Answer, Plan } from './answer/answer'
import type { Autosave, SaveState } from './model/autosave'
import type { Difference } from './model/difference'
import type { Editor, EditorState } from './model/editor'

export type OpenSlice = ApiOutput['topology']['open']['slice']
export type SliceStatus = ApiOutput['reservations']['status']

export interface ViewState {
  /** `running`: the revision that is booked, when the drawing has moved on since. */
  showing: 'drawing' | 'running'
  /** Substrate nodes as hulls behind what they carry. */
  where: boolean
  status: SliceStatus | null
  /** By host, 0 … 1. */
  hostLoads: ReadonlyMap<string, number>
  /** Between what is booked and what is drawn; null: nothing is booked. */
  difference: Difference | null
  save: SaveState
  /** Things that a refusal is about, to be seen on the canvas. */
  blamed: ReadonlySet<string>
  /** When and how the drawing is meant to run, and whether it would fit then. */
  plan: Plan
  answer: Answer
  /** A newer answer is on its way; the one before stands until then. */
  answering: boolean
}

export interface Workspace {
  slice: OpenSlice
  /** The drawing. */
  editor: Editor
  /** What is on the canvas: the drawing, or what is booked, which cannot be changed. */
  shown: Editor
  autosave: Autosave
  view: Store<ViewState>
  openTerminal: (hostId: string) => void
  /** Brings a thing into view and chooses it. */
  focusOn: (subject: { kind: string; id: string }) => void
}

const Context = createContext<Workspace | null>(null)

export function WorkspaceProvider({ value, children }: { value: Workspace; children: ReactNode }) {
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export function useWorkspace(): Workspace {
  const workspace = useContext(Context)
  if (!workspace) throw new Error('there is no workspace around this component')
  return workspace
}

/** A part of what is on the canvas. */
export function useShown<P>(pick: (state: EditorState) => P): P {
  return useWatched(useWorkspace().shown, pick)
}

export function useView<P>(pick: (state: ViewState) => P): P {
  return useWatched(useWorkspace().view, pick)
}
