'use client'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical, Plus, UserPlus } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Page, Section } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { Ago, WindowTime } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { AddStudentsPanel } from './add-students-panel'
import { LabStates } from './lab-states'
import { NewLabPanel } from './new-lab-panel'
import { Students } from './students'

export type Course = ApiOutput['courses']['get']

function Labs({ course, onNew }: { course: Course; onNew: () => void }) {
  return (
    <DataTable
      name="labs"
      scope="labs"
      rows={course.labs}
      idOf={(l) => l.id}
      labelOf={(l) => l.name}
      hrefOf={(l) => pathTo.lab(course.id, l.id)}
      defaultSort="-made"
      columns={[
        {
          key: 'name',
          title: 'Name',
          fixed: true,
          sort: (l) => l.name,
          text: (l) => l.name,
          cell: (l) => (
            <Link href={pathTo.lab(course.id, l.id)} className="rounded-sm font-medium hover:underline">
              {l.name}
            </Link>
          ),
        },
        { key: 'slices', title: 'Slices', cell: (l) => <LabStates states={l.states} /> },
        {
          key: 'window',
          title: 'Planned',
          desk: true,
          sort: (l) => l.startsAt,
          cell: (l) =>
            l.startsAt && l.endsAt ? (
              <WindowTime from={l.startsAt} until={l.endsAt} />
            ) : (
              <span className="text-faint">when you start it</span>
            ),
        },
        { key: 'hosts', title: 'Hosts', number: true, desk: true, sort: (l) => l.hosts, cell: (l) => l.hosts },
        { key: 'links', title: 'Links', number: true, desk: true, sort: (l) => l.links, cell: (l) => l.links },
        { key: 'made', title: 'Made', desk: true, sort: (l) => l.createdAt, cell: (l) => <Ago at={l.createdAt} /> },
      ]}
      empty={
        <Empty
          icon={<FlaskConical />}
          title="No labs yet"
          actions={
            <Button icon={<Plus />} onClick={onNew}>
              New lab
            </Button>
          }
        >
          A lab is one exercise: a topology from a template or from a slice of yours, which every student gets.
        </Empty>
      }
    />
  )
}

export function CoursePage({ courseId }: { courseId: string }) {
  const trpc = useTRPC()
  const course = useQuery(trpc.courses.get.queryOptions({ courseId }))
  const [panel, setPanel] = useUrlState('panel', '', 'push')
  const close = () => setPanel('')
  const empty = course.data?.students.length === 0
  return (
    <>
      <TopBar crumbs={[{ label: 'Courses', href: pathTo.courses() }, { label: course.data?.name ?? 'Course' }]} />
      {course.error ? (
        <Failed error={course.error} retry={() => void course.refetch()} />
      ) : !course.data ? (
        <Skeleton className="m-6 h-64" />
      ) : (
        <div className="flex min-h-0 flex-1">
          <Page
            title={course.data.name}
            about={`Taught by ${course.data.instructor.name}`}
            actions={
              <>
                <Button
                  icon={<UserPlus />}
                  variant={empty && panel === '' ? 'primary' : 'plain'}
                  onClick={() => setPanel('students')}
                >
                  Add students
                </Button>
                <Button
                  icon={<Plus />}
                  variant={!empty && panel === '' ? 'primary' : 'plain'}
                  onClick={() => setPanel('lab')}
                >
                  New lab
                </Button>
              </>
            }
          >
            <Section title="Labs">
              <Labs course={course.data} onNew={() => setPanel('lab')} />
            </Section>
            <Section title="Students">
              <Students course={course.data} onAdd={() => setPanel('students')} />
            </Section>
          </Page>
          {panel === 'students' && <AddStudentsPanel course={course.data} onClose={close} />}
          {panel === 'lab' && <NewLabPanel course={course.data} onClose={close} />}
        </div>
      )}
    </>
  )
}
