'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../browser/trpc'
import { RenameInPlace } from '../../components/rename-in-place'
import { StatePill } from '../../components/state-pill'
import { useView, useWorkspace } from '../workspace-context'
import { NextAction } from './next-action'
import { SaveMark } from './save-mark'
import { SliceMenu } from './slice-menu'
import { Standing } from './standing'

function SliceName() {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [renaming, setRenaming] = useState(false)
  const rename = useMutation(
    trpc.slices.rename.mutationOptions({
      onSuccess: (_, { name }) => {
        queryClient.setQueriesData<{ slice: { name: string } }>(
          trpc.topology.open.queryFilter({ sliceId: slice.id }),
          (open) => open && { ...open, slice: { ...open.slice, name } },
        )
        void queryClient.invalidateQueries(trpc.slices.list.queryFilter())
      },
    }),
  )
  if (renaming)
    return (
      <RenameInPlace
        name={slice.name}
        label="Name of the slice"
        onDone={(name) => {
          setRenaming(false)
          if (name !== null) rename.mutate({ sliceId: slice.id, name })
        }}
      />
    )
  if (!slice.mayChange) return <h1 className="truncate text-base">{slice.name}</h1>
  return (
    <h1 className="min-w-0 text-base">
      <button
        type="button"
        title="Rename"
        onClick={() => setRenaming(true)}
        className="block max-w-full truncate rounded-sm px-1 hover:bg-hover"
      >
        {rename.isPending ? rename.variables.name : slice.name}
      </button>
    </h1>
  )
}

/** Always says where the slice stands, with the one next thing to do as the only filled button. */
export function SliceBar() {
  const state = useView((v) => v.status?.state ?? 'draft')
  return (
    <section
      aria-label="The slice"
      className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-page px-3 py-1.5"
    >
      <div className="flex min-w-0 max-w-[40vw] items-center">
        <SliceName />
      </div>
      <span role="status">
        <StatePill state={state} />
      </span>
      <div className="order-last w-full min-w-0 md:order-none md:w-auto md:flex-1">
        <Standing />
      </div>
      <div className="ml-auto flex items-center gap-2 md:ml-0">
        <SaveMark />
        <SliceMenu />
        <NextAction />
      </div>
    </section>
  )
}
