'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../browser/trpc'
import { Page } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { RecordingTable } from './recording-table'

/** What was recorded of one's own terminals in a slice. */
export function OwnRecordingsPage({ sliceId }: { sliceId: string }) {
  const trpc = useTRPC()
  const found = useQuery(trpc.recordings.mine.queryOptions({ sliceId }))
  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Slices', href: pathTo.slices() },
          { label: found.data?.slice.name ?? 'Slice', href: pathTo.slice(sliceId) },
          { label: 'Your recordings' },
        ]}
      />
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton className="m-6 h-64" />
      ) : (
        <Page
          title="Your recordings"
          about="What your terminals here showed while the lab records them. Your instructor sees them too."
        >
          <RecordingTable recordings={found.data.recordings} whose={false} />
        </Page>
      )}
    </>
  )
}
