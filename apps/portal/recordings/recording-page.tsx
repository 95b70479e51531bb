'use client'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useTRPC } from '../browser/trpc'
import { ButtonLink } from '../components/button'
import { Page } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { ShortTime } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'

const Player = dynamic(() => import('./player'), { ssr: false })

export function RecordingPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const found = useQuery(trpc.recordings.get.queryOptions({ id }))
  const cast = useQuery({
    queryKey: ['recording', id],
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/recordings/${id}`, { signal })
      if (!response.ok) throw new Error('The recording could not be read.')
      return response.text()
    },
  })
  const { data } = found
  const crumbs = !data
    ? [{ label: 'Recording' }]
    : data.teaches
      ? [
          { label: 'Courses', href: pathTo.courses() },
          { label: data.lab.name, href: pathTo.lab(data.lab.courseId, data.lab.id) },
          { label: 'Recordings', href: pathTo.labRecordings(data.lab.courseId, data.lab.id) },
          { label: data.user.name },
        ]
      : [
          { label: data.slice.name, href: pathTo.slice(data.slice.id) },
          { label: 'Your recordings', href: pathTo.sliceRecordings(data.slice.id) },
          { label: data.hostName },
        ]
  const error = found.error ?? cast.error
  const retry = () => void Promise.all([found.refetch(), cast.refetch()])
  return (
    <>
      <TopBar crumbs={crumbs} />
      {error ? (
        <Failed error={error} retry={retry} />
      ) : !data || cast.data === undefined ? (
        <Skeleton className="m-6 h-64" />
      ) : (
        <Page
          title={`${data.hostName} of ${data.user.name}`}
          about={
            <>
              Begun <ShortTime at={data.startedAt} />
              {data.cut ? '. It was longer than one is kept; its end is missing.' : ''}
            </>
          }
          actions={
            <ButtonLink icon={<Download />} href={`/api/recordings/${id}`} prefetch={false} download>
              Download .cast
            </ButtonLink>
          }
        >
          <Player text={cast.data} label={`Recording of ${data.hostName}`} />
        </Page>
      )}
    </>
  )
}
