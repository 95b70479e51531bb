'use client'
// What the server has answered is shown at once, and the rest of it is asked for.
import type { SliceState } from '@myvini/core/reservation/state'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTRPC } from '../browser/trpc'

export function useStateShown(sliceId: string) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return useCallback(
    (state: SliceState | null) => {
      const status = trpc.reservations.status.queryFilter({ sliceId })
      if (state !== null)
        queryClient.setQueriesData<{ state: SliceState }>(status, (before) => before && { ...before, state })
      void queryClient.invalidateQueries(status)
      void queryClient.invalidateQueries(trpc.slices.list.queryFilter())
    },
    [trpc, queryClient, sliceId],
  )
}
