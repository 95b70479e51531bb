'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../browser/trpc'
import { pathTo } from '../paths'

/** Makes a slice and opens it. `told`: the caller shows what goes wrong. */
export function useCreateSlice({ told = false } = {}) {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  return useMutation(
    trpc.slices.create.mutationOptions({
      meta: { told },
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.slices.list.queryFilter())
        router.push(pathTo.slice(id))
      },
    }),
  )
}
