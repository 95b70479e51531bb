'use client'
// What can be done to a slice from a list: at once where it can be undone.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTRPC, useTRPCClient } from '../browser/trpc'
import { tell, tellProblem } from '../components/toast'
import { pathTo } from '../paths'
import type { SliceRow } from './slice-columns'

export function useSliceActions() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const router = useRouter()
  const refresh = () => queryClient.invalidateQueries(trpc.slices.list.queryFilter())
  const patchList = (change: (rows: SliceRow[]) => SliceRow[]) =>
    queryClient.setQueriesData<SliceRow[]>(trpc.slices.list.queryFilter(), (rows) => rows && change(rows))

  const rename = useMutation(
    trpc.slices.rename.mutationOptions({
      onMutate: ({ sliceId, name }) =>
        patchList((rows) => rows.map((row) => (row.id === sliceId ? { ...row, name } : row))),
      onSettled: refresh,
    }),
  )
  const duplicate = useMutation(
    trpc.slices.duplicate.mutationOptions({
      onSuccess: ({ id }) => {
        void refresh()
        router.push(pathTo.slice(id))
      },
    }),
  )

  const restore = async (slices: readonly SliceRow[]) => {
    for (const slice of slices) await client.slices.restore.mutate({ sliceId: slice.id }).catch(tellProblem)
    await refresh()
  }

  const remove = async (slices: readonly SliceRow[]) => {
    const ids = new Set(slices.map((s) => s.id))
    patchList((rows) => rows.filter((row) => !ids.has(row.id)))
    const gone: SliceRow[] = []
    for (const slice of slices)
      await client.slices.delete.mutate({ sliceId: slice.id }).then(() => gone.push(slice), tellProblem)
    void refresh()
    const [first] = gone
    if (first)
      tell(gone.length === 1 ? `${first.name} is deleted` : `${gone.length} slices are deleted`, {
        undo: () => void restore(gone),
      })
  }

  const stop = async (slices: readonly SliceRow[]) => {
    for (const slice of slices) {
      const status = await client.reservations.status.query({ sliceId: slice.id }).catch(tellProblem)
      if (status?.reservation)
        await client.reservations.stop.mutate({ reservationId: status.reservation.id }).catch(tellProblem)
    }
    await refresh()
  }

  return {
    rename: (slice: SliceRow, name: string) => rename.mutate({ sliceId: slice.id, name }),
    duplicate: (slice: SliceRow) => duplicate.mutate({ sliceId: slice.id }),
    remove: (slices: readonly SliceRow[]) => void remove(slices),
    stop: (slices: readonly SliceRow[]) => void stop(slices),
  }
}
