'use client'
// How is the drawing booked? What is on the screen is saved first, and that revision is what is booked.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../browser/trpc'
import { tell } from '../../components/toast'
import type { Placement } from '../answer/answer'
import { useStateShown } from '../use-state-shown'
import { useWorkspace } from '../workspace-context'

export interface BookingWish {
  /** Null: now. */
  startsAt: Date | null
  endsAt: Date
  placement: Placement
  reason: string
}

export function useBook(onBooked: () => void, onRefused?: (error: unknown) => void) {
  const { slice, autosave } = useWorkspace()
  const trpc = useTRPC()
  const showState = useStateShown(slice.id)
  const [saving, setSaving] = useState(false)
  const mutation = useMutation(
    trpc.reservations.book.mutationOptions({
      meta: { told: true },
      onSuccess: ({ state }) => {
        showState(state)
        tell(state === 'approved' ? 'Booked' : 'Requested; an admin decides')
        onBooked()
      },
      ...(onRefused && { onError: onRefused }),
    }),
  )
  const book = async (wish: BookingWish) => {
    setSaving(true)
    const saved = await autosave.flush()
    setSaving(false)
    if (!saved) return
    mutation.mutate({ sliceId: slice.id, revision: autosave.revision, ...wish })
  }
  return { book, error: mutation.error, isPending: saving || mutation.isPending }
}
