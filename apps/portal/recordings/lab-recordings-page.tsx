'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../browser/trpc'
import { Page } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { tellProblem } from '../components/toast'
import { Switch } from '../components/toggles'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { RecordingTable } from './recording-table'

/** Whether terminals of a lab are recorded, and what has been. */
export function LabRecordingsPage({ courseId, labId }: { courseId: string; labId: string }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const found = useQuery(trpc.recordings.ofLab.queryOptions({ labId }, { refetchInterval: 10_000 }))
  const set = useMutation(
    trpc.labs.setRecording.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.recordings.pathFilter()),
      onError: tellProblem,
    }),
  )
  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Courses', href: pathTo.courses() },
          { label: found.data?.course.name ?? 'Course', href: pathTo.course(courseId) },
          { label: found.data?.lab.name ?? 'Lab', href: pathTo.lab(courseId, labId) },
          { label: 'Recordings' },
        ]}
      />
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton className="m-6 h-64" />
      ) : (
        <Page title="Recordings" about="What terminals in slices of this lab showed. They go when the lab is removed.">
          <div className="mb-5 flex flex-col gap-1">
            <Switch
              label="Record terminals"
              visible
              checked={found.data.lab.records}
              disabled={set.isPending}
              onChange={(records) => set.mutate({ labId, records })}
            />
            <p className="max-w-prose text-muted text-sm">
              From the next terminal that is opened. Whoever opens one is told above it, sees their own recordings, and
              is recorded in what the terminal shows, not in what they type. Of one terminal 4 MiB are kept.
            </p>
          </div>
          <RecordingTable recordings={found.data.recordings} whose />
        </Page>
      )}
    </>
  )
}
