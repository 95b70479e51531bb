'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { Failed, Skeleton } from '../components/page-states'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'

/** The drawing needs the window's size: it is made in the browser only. */
const Workspace = dynamic(() => import('./workspace').then((m) => m.Workspace), {
  ssr: false,
  loading: () => <WorkspaceSkeleton />,
})

function WorkspaceSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col" role="status" aria-label="Opening the slice">
      <div className="flex h-11 items-center gap-3 border-b border-line px-3">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-5 w-24 rounded-full" />
        <Skeleton className="ml-auto h-7 w-20" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="hidden w-52 border-r border-line bg-page md:block" />
        <div className="flex-1 bg-canvas" />
        <div className="hidden w-76 border-l border-line bg-page md:block" />
      </div>
    </div>
  )
}

export function WorkspaceLoader({ sliceId }: { sliceId: string }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  // Another one begins anew, with what the server has by then.
  const [round, setRound] = useState(0)
  const query = trpc.topology.open.queryOptions(
    { sliceId },
    // The drawing is not changed under whoever draws: a newer one is offered (stale-banner.tsx).
    { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false },
  )
  const opened = useQuery(query)
  const reload = async () => {
    await queryClient.refetchQueries(query)
    setRound((n) => n + 1)
  }
  return (
    <>
      <TopBar
        project={opened.data?.slice.project.slug ?? null}
        crumbs={[
          { label: 'Slices', href: pathTo.slices({ project: opened.data?.slice.project.slug ?? '' }) },
          { label: opened.data?.slice.name ?? 'Slice' },
        ]}
      />
      {opened.error ? (
        <Failed error={opened.error} retry={() => void opened.refetch()} />
      ) : opened.data ? (
        <ReactFlowProvider key={round}>
          <Workspace opened={opened.data} reload={() => void reload()} />
        </ReactFlowProvider>
      ) : (
        <WorkspaceSkeleton />
      )}
    </>
  )
}
