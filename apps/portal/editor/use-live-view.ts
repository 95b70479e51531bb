'use client'
// How the slice stands, brought to the canvas: states, loads, and what of the drawing is not what is booked.
import { isOver } from '@myvini/core/reservation/state'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useMemo } from 'react'
import { useWatched } from '../browser/store'
import { useTRPC } from '../browser/trpc'
import { hostLoads } from './canvas/link-load'
import { differenceOf } from './model/difference'
import { Editor } from './model/editor'
import type { Workspace } from './workspace-context'

/** Hints may be lost; so long at most is something shown that is no longer so. */
const ANYWAY_MS = 20_000

/** Returns the editor of what is booked, which cannot be changed; null while nothing is. */
export function useLiveView({ slice, editor, view }: Pick<Workspace, 'slice' | 'editor' | 'view'>): Editor | null {
  const trpc = useTRPC()
  const status = useQuery(trpc.reservations.status.queryOptions({ sliceId: slice.id }, { refetchInterval: ANYWAY_MS }))
  const state = status.data?.state ?? 'draft'
  const live = state !== 'draft' && !isOver(state)
  const revision = live ? (status.data?.reservation?.revision ?? null) : null
  const booked = useQuery(
    trpc.topology.at.queryOptions(
      { sliceId: slice.id, revision: revision ?? 1 },
      { enabled: revision !== null, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
  const bookedTopology = revision === null ? null : (booked.data ?? null)
  const drawn = useDeferredValue(useWatched(editor, (s) => s.history.present))

  useEffect(() => {
    const data = status.data ?? null
    view.set({ status: data, hostLoads: data && bookedTopology ? hostLoads(bookedTopology, data) : new Map() })
  }, [status.data, bookedTopology, view])

  useEffect(() => {
    view.set({
      difference: bookedTopology ? differenceOf(bookedTopology, drawn) : null,
      ...(bookedTopology === null && { showing: 'drawing' }),
    })
  }, [bookedTopology, drawn, view])

  return useMemo(
    () => (bookedTopology ? new Editor({ topology: bookedTopology, readOnly: true }) : null),
    [bookedTopology],
  )
}
