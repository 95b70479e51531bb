'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleDot, Play, Square, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button, ButtonLink } from '../components/button'
import { DataTable } from '../components/data-table'
import { ConfirmByName } from '../components/dialog'
import { Page } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { StatePill } from '../components/state-pill'
import { tell } from '../components/toast'
import { TopologyPicture } from '../components/topology-picture'
import { ShortTime, WindowTime } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { LabStates } from './lab-states'
import { RunNote } from './run-note'
import { StartLabPanel } from './start-lab-panel'
import { useLabRun } from './use-lab-run'

export type Lab = ApiOutput['labs']['get']
type Row = Lab['slices'][number]

const LIVE = ['requested', 'approved', 'scheduled', 'provisioning', 'running', 'degraded', 'failed']
const isLive = (row: Row) => LIVE.includes(row.state)

function statesOf(rows: readonly Row[]) {
  const states: Partial<Record<Row['state'], number>> = {}
  for (const row of rows) if (row.sliceId !== null) states[row.state] = (states[row.state] ?? 0) + 1
  return states
}

function Grid({ lab }: { lab: Lab }) {
  return (
    <DataTable
      name="students"
      rows={lab.slices}
      idOf={(r) => r.student.id}
      labelOf={(r) => r.student.name}
      defaultSort="name"
      columns={[
        {
          key: 'name',
          title: 'Student',
          fixed: true,
          sort: (r) => r.student.name,
          text: (r) => `${r.student.name} ${r.student.email}`,
          cell: (r) =>
            r.sliceId ? (
              <Link href={pathTo.slice(r.sliceId)} className="rounded-sm font-medium hover:underline">
                {r.student.name}
              </Link>
            ) : (
              <span className="font-medium">{r.student.name}</span>
            ),
        },
        {
          key: 'state',
          title: 'Slice',
          sort: (r) => (r.sliceId ? r.state : ''),
          text: (r) => (r.sliceId ? r.state : 'none'),
          cell: (r) => (r.sliceId ? <StatePill state={r.state} /> : <span className="text-faint">none yet</span>),
        },
        {
          key: 'parts',
          title: 'Up',
          number: true,
          desk: true,
          sort: (r) => (r.parts ? r.parts.up / r.parts.of : null),
          cell: (r) =>
            r.parts && isLive(r) ? `${r.parts.up} of ${r.parts.of}` : <span className="text-faint">–</span>,
        },
        {
          key: 'until',
          title: 'Until',
          desk: true,
          sort: (r) => r.endsAt,
          cell: (r) => (r.endsAt && isLive(r) ? <ShortTime at={r.endsAt} /> : <span className="text-faint">–</span>),
        },
        {
          key: 'note',
          title: 'Note',
          desk: true,
          text: (r) => r.note ?? '',
          cell: (r) => (
            <span className="line-clamp-1 text-muted" title={r.note ?? undefined}>
              {['denied', 'failed', 'degraded'].includes(r.state) ? r.note : ''}
            </span>
          ),
        },
        {
          key: 'joined',
          title: 'Joined',
          desk: true,
          sort: (r) => Number(r.student.joined),
          cell: (r) => (r.student.joined ? 'Yes' : <span className="text-changing">Not yet</span>),
        },
      ]}
      empty={
        <Empty title="Nobody is in this course yet">
          Add students to the course first; then start the lab for all.
        </Empty>
      }
    />
  )
}

export function LabPage({ courseId, labId }: { courseId: string; labId: string }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const lab = useQuery(trpc.labs.get.queryOptions({ labId }, { refetchInterval: 15_000 }))
  const [panel, setPanel] = useUrlState('panel', '', 'push')
  const [removing, setRemoving] = useState(false)
  const run = useLabRun(labId)
  const remove = useMutation(
    trpc.labs.remove.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.courses.pathFilter())
        tell('The lab is removed')
        router.push(pathTo.course(courseId))
      },
      onSettled: () => setRemoving(false),
    }),
  )
  const live = lab.data?.slices.filter(isLive).length ?? 0
  const all = lab.data?.slices.length ?? 0
  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Courses', href: pathTo.courses() },
          { label: lab.data?.course.name ?? 'Course', href: pathTo.course(courseId) },
          { label: lab.data?.name ?? 'Lab' },
        ]}
      />
      {lab.error ? (
        <Failed error={lab.error} retry={() => void lab.refetch()} />
      ) : !lab.data ? (
        <Skeleton className="m-6 h-64" />
      ) : (
        <div className="flex min-h-0 flex-1">
          <Page
            title={lab.data.name}
            about={
              lab.data.startsAt && lab.data.endsAt ? (
                <>
                  Planned for <WindowTime from={lab.data.startsAt} until={lab.data.endsAt} />
                </>
              ) : undefined
            }
            actions={
              <>
                <ButtonLink icon={<CircleDot />} href={pathTo.labRecordings(courseId, labId)}>
                  {lab.data.recordsTerminals ? 'Recordings (on)' : 'Recordings'}
                </ButtonLink>
                <Button
                  icon={<Trash2 />}
                  variant="danger"
                  disabled={live > 0}
                  title={live > 0 ? 'Stop it for all first' : undefined}
                  onClick={() => setRemoving(true)}
                >
                  Remove
                </Button>
                {live > 0 && (
                  <Button
                    icon={<Square />}
                    variant={live === all && panel === '' ? 'primary' : 'plain'}
                    disabled={run.running}
                    onClick={() => void run.stop()}
                  >
                    Stop for all
                  </Button>
                )}
                {live < all && (
                  <Button
                    icon={<Play />}
                    variant={panel === '' ? 'primary' : 'plain'}
                    disabled={run.running}
                    onClick={() => setPanel('start')}
                  >
                    {live > 0 ? 'Start for the rest' : 'Start for all'}
                  </Button>
                )}
              </>
            }
          >
            <div className="mb-5 flex flex-wrap items-center gap-5">
              <TopologyPicture
                topology={lab.data.topology}
                className="w-48 shrink-0 rounded-md border border-line bg-canvas"
              />
              <div className="flex min-w-60 flex-1 flex-col gap-2">
                <LabStates states={statesOf(lab.data.slices)} />
                <p className="text-muted text-sm">
                  {lab.data.topology.hosts.length} hosts and {lab.data.topology.links.length} links for each of {all}{' '}
                  {all === 1 ? 'student' : 'students'}.
                </p>
                <RunNote run={run} />
              </div>
            </div>
            <Grid lab={lab.data} />
          </Page>
          {panel === 'start' && <StartLabPanel lab={lab.data} run={run} onClose={() => setPanel('')} />}
        </div>
      )}
      {removing && lab.data && (
        <ConfirmByName
          open
          onOpenChange={setRemoving}
          title={`Remove ${lab.data.name}`}
          name={lab.data.name}
          action="Remove the lab"
          busy={remove.isPending}
          onConfirm={() => remove.mutate({ labId })}
        >
          The lab and every student’s slice of it are removed.
        </ConfirmByName>
      )}
    </>
  )
}
