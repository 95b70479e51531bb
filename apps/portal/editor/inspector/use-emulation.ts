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
  /** The link runs: what is set takes effect there, at once. */
  isLive: boolean
  isSending: boolean
  /** What runs is otherwise than what is drawn, as after an undo; null: it is not. */
  elsewise: { running: Emulation | null; apply: () => void } | null
  problem: string | null
}

/** What is in force on a link of what runs; `undefined` where it does not run. */
function useRunning(link: VirtualLink): Emulation | null | undefined {
  const now = useView((v) => v.status?.emulations[link.id] ?? null)
  // The difference is known while something is booked.
  return useView((v) => v.status?.links[link.id] !== undefined && v.difference !== null) ? now : undefined
}

export function useEmulation(link: VirtualLink): EmulationControl {
  const { shown, slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const readOnly = useShown((s) => s.readOnly)
  const reservationId = useView((v) => v.status?.reservation?.id ?? null)
  const running = useRunning(link)
  const [typed, setTyped] = useState<{ emulation: Emulation | null } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const change = useMutation(
    trpc.emulation.change.mutationOptions({
      onSettled: () =>
        queryClient
          .invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
          .finally(() => setTyped(null)),
    }),
  )
  const { mutate } = change
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )
  const isLive = reservationId !== null && running !== undefined
  const send = (emulation: Emulation | null, afterMs: number) => {
    if (!isLive) return
    setTyped({ emulation })
    if (timer.current) clearTimeout(timer.current)
    timer.current = setTimeout(() => mutate({ reservationId, linkId: link.id, emulation }), afterMs)
  }
  const draw = (emulation: Emulation | null, what: string) =>
    shown.edit(
      { kind: 'update-link', link: link.id, patch: { emulation } },
      `Change ${what} of a link`,
      `link ${link.id} ${what}`,
    )
  const differs = isLive && !readOnly && !typed && JSON.stringify(running) !== JSON.stringify(link.emulation)
  return {
    value: !readOnly || !isLive ? link.emulation : typed ? typed.emulation : running,
    set:
      readOnly && !isLive
        ? null
        : (emulation, what) => {
            if (!readOnly) draw(emulation, what)
            send(emulation, SEND_AFTER_MS)
          },
    isLive,
    isSending: typed !== null,
    elsewise: differs ? { running, apply: () => send(link.emulation, 0) } : null,
    problem: change.error ? problemOf(change.error).message : null,
  }
}
