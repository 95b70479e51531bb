'use client'
// From what the server holds of a slice to a workspace: the drawing, what was left unsaved, and how it is saved.
import type { Problem } from '@myvini/core/result'
import type { Topology } from '@myvini/core/topology/topology'
import { useEffect, useMemo, useState } from 'react'
import { isOffline, problemOf } from '../browser/problem'
import { Store } from '../browser/store'
import { clockTime } from '../browser/time'
import { useTRPCClient } from '../browser/trpc'
import { tell, tellProblem } from '../components/toast'
import type { ApiOutput } from '../server/routers/types'
import { useFit } from './canvas/use-fit'
import { Autosave, type SaveOutcome } from './model/autosave'
import { type Draft, readDraft, writeDraft } from './model/draft'
import { Editor } from './model/editor'
import type { ThingKey } from './model/selection'
import type { ViewState, Workspace } from './workspace-context'

export type Opened = ApiOutput['topology']['open']

/** Dragging changes the drawing at every frame: what is kept for a crash may be a moment old. */
const DRAFT_MS = 300
const CENTER_MS = 120

function draftKeeper(sliceId: string) {
  let waiting: { base: number; topology: Topology } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writeDraft(localStorage, sliceId, waiting)
  }
  return {
    keep(draft: { base: number; topology: Topology } | null) {
      waiting = draft
      if (draft === null) flush()
      else timer ??= setTimeout(flush, DRAFT_MS)
    },
    flush,
  }
}

const tellEdit = (problem: Problem) => tell(problem.message, { description: problem.hint })

export interface OpenWorkspace {
  workspace: Omit<Workspace, 'openTerminal' | 'shown'>
  /** Left unsaved on top of a revision that is no longer the newest. */
  orphan: Draft | null
}

export function useOpenWorkspace(opened: Opened): OpenWorkspace {
  const client = useTRPCClient()
  const fit = useFit()
  const { slice } = opened

  const [made] = useState(() => {
    const draft = slice.mayChange ? readDraft(localStorage, slice.id) : null
    const usable = draft?.base === opened.revision ? draft : null
    const editor = new Editor({ topology: opened.topology, readOnly: !slice.mayChange, onProblem: tellEdit })
    const view = new Store<ViewState>({
      showing: 'drawing',
      where: false,
      status: null,
      hostLoads: new Map(),
      difference: null,
      save: { kind: 'saved', at: opened.savedAt },
      blamed: new Set(),
      plan: { window: { start: null, length: { hours: 2 } }, placement: 'spread' },
      answer: { kind: 'none' },
      answering: false,
    })
    const drafts = draftKeeper(slice.id)
    const save = async (base: number, topology: Topology): Promise<SaveOutcome> => {
      try {
        const { number, at } = await client.topology.save.mutate({ sliceId: slice.id, base, topology })
        return { kind: 'saved', number, at }
      } catch (error) {
        const problem = problemOf(error)
        const again = isOffline(error) || problem.code.startsWith('internal.')
        return { kind: again ? 'failed' : 'refused', problem }
      }
    }
    const autosave = new Autosave(
      { save, onState: (state) => view.set({ save: state }), keepDraft: drafts.keep },
      opened.revision,
      opened.topology,
    )
    return { editor, view, autosave, drafts, usable, orphan: usable ? null : draft }
  })

  useEffect(() => {
    const { editor, autosave, drafts, usable } = made
    const stop = editor.subscribe(() => autosave.change(editor.topology))
    if (usable && editor.topology === opened.topology) {
      editor.edit({ kind: 'replace', topology: usable.topology }, 'Unsaved changes')
      tell(`Unsaved changes from ${clockTime(usable.at)} are back`, { undo: () => editor.undo() })
    }
    const online = () => autosave.retryNow()
    window.addEventListener('online', online)
    window.addEventListener('pagehide', drafts.flush)
    return () => {
      stop()
      window.removeEventListener('online', online)
      window.removeEventListener('pagehide', drafts.flush)
      drafts.flush()
      // Leaving the page by a link of ours: what is drawn is sent now rather than in a moment.
      void autosave.flush().catch(tellProblem)
    }
  }, [made, opened.topology])

  const workspace = useMemo(() => {
    const { editor, view, autosave } = made
    const focusOn = (subject: { kind: string; id: string }) => {
      const { hosts, lans, links } = editor.topology
      const hostId =
        subject.kind === 'interface' ? hosts.find((h) => h.interfaces.some((i) => i.id === subject.id))?.id : undefined
      // Kinds are those of core's Subject; others lead nowhere on the canvas.
      const key = (hostId === undefined ? `${subject.kind}:${subject.id}` : `host:${hostId}`) as ThingKey
      const link = links.find((l) => `link:${l.id}` === key)
      const nodes = link
        ? link.ends.map((e) => (e.kind === 'lan' ? `lan:${e.lan}` : `host:${e.host}`))
        : [...hosts.map((h) => `host:${h.id}`), ...lans.map((l) => `lan:${l.id}`)].filter((k) => k === key)
      if (nodes.length === 0) return
      editor.select([key])
      void fit({ keys: nodes, maxZoom: 1.2, padding: 0.6, duration: CENTER_MS, unlessSeen: true })
    }
    return { slice, editor, autosave, view, focusOn }
  }, [made, slice, fit])

  return { workspace, orphan: made.orphan }
}
