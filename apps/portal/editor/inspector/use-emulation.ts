'use client'
// Where do the settings of a link's emulation come from, and where do they go? To the drawing, or at once to what runs.
import type { Emulation } from '@myvini/core/topology/emulation'
import type { VirtualLink } from '@myvini/core/topology/topology'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../../browser/problem'
import { useTRPC } from '../../browser/trpc'
import { useShown, useView, useWorkspace } from '../workspace-context'

/** A slider says many values; the last of a moment is sent. */
const SEND_AFTER_MS = 350

export interface EmulationControl {
  value: Emulation | null
  /** Null: nothing may be changed here. */
  set: ((next: Emulation | null, what: string) => void) | null
  /** The slice runs, and what is shown is what runs. */
  isLive: boolean
  isSending: boolean
  problem: string | null
}

/** What is in force on a link of what runs; `undefined` where nothing runs. */
export function useRunningEmulation(link: VirtualLink): Emulation | null | undefined {
  const changed = useView((v) => v.status?.emulations[link.id])
  const runs = useView((v) => v.status?.links[link.id] !== undefined && v.status.reservation !== null)
  return runs ? (changed === undefined ? link.emulation : changed) : undefined
}

export function useEmulation(link: VirtualLink): EmulationControl {
  const { shown, slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const readOnly = useShown((s) => s.readOnly)
  const showing = useView((v) => v.showing)
  const reservationId = useView((v) => v.status?.reservation?.id ?? null)
  const running = useRunningEmulation(link)
  const [typed, setTyped] = useState<{ emulation: Emulation | null } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const change = useMutation(
    trpc.emulation.change.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id })),
      onSettled: () => setTyped(null),
    }),
  )
  const { mutate } = change
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )
  const isLive = showing === 'running' && reservationId !== null && running !== undefined
  if (!isLive)
    return {
      value: link.emulation,
      set: readOnly
        ? null
        : (emulation, what) =>
            shown.edit(
              { kind: 'update-link', link: link.id, patch: { emulation } },
              `Change ${what} of a link`,
              `link ${link.id} ${what}`,
            ),
      isLive: false,
      isSending: false,
      problem: null,
    }
  return {
    value: typed ? typed.emulation : running,
    set: (emulation) => {
      setTyped({ emulation })
      if (timer.current) clearTimeout(timer.current)
      timer.current = setTimeout(() => mutate({ reservationId, linkId: link.id, emulation }), SEND_AFTER_MS)
    },
    isLive: true,
    isSending: typed !== null,
    problem: change.error ? problemOf(change.error).message : null,
  }
}
