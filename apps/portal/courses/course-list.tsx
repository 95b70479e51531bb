'use client'
import { useQuery } from '@tanstack/react-query'
import { GraduationCap, Plus } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Page } from '../components/page'
import { Empty, Failed } from '../components/page-states'
import { Ago } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { NewCoursePanel } from './new-course-panel'

export function CourseList() {
  const trpc = useTRPC()
  const courses = useQuery(trpc.courses.list.queryOptions())
  const [making, setMaking] = useUrlState('new', '', 'push')
  const newButton = (
    <Button variant="primary" icon={<Plus />} onClick={() => setMaking('1')}>
      New course
    </Button>
  )
  return (
    <>
      <TopBar crumbs={[{ label: 'Courses' }]} />
      <div className="flex min-h-0 flex-1">
        <Page title="Courses" actions={courses.data?.length !== 0 && newButton}>
          {courses.error ? (
            <Failed error={courses.error} retry={() => void courses.refetch()} />
          ) : (
            <DataTable
              name="courses"
              rows={courses.data}
              idOf={(c) => c.id}
              labelOf={(c) => c.name}
              hrefOf={(c) => pathTo.course(c.id)}
              defaultSort="-made"
              columns={[
                {
                  key: 'name',
                  title: 'Name',
                  fixed: true,
                  sort: (c) => c.name,
                  text: (c) => c.name,
                  cell: (c) => (
                    <Link href={pathTo.course(c.id)} className="rounded-sm font-medium hover:underline">
                      {c.name}
                    </Link>
                  ),
                },
                {
                  key: 'instructor',
                  title: 'Instructor',
                  desk: true,
                  sort: (c) => c.instructor.name,
                  text: (c) => c.instructor.name,
                  cell: (c) => <span className="text-muted">{c.instructor.name}</span>,
                },
                { key: 'students', title: 'Students', number: true, sort: (c) => c.students, cell: (c) => c.students },
                { key: 'labs', title: 'Labs', number: true, sort: (c) => c.labs, cell: (c) => c.labs },
                {
                  key: 'made',
                  title: 'Made',
                  desk: true,
                  sort: (c) => c.createdAt,
                  cell: (c) => <Ago at={c.createdAt} />,
                },
              ]}
              empty={
                <Empty icon={<GraduationCap />} title="Teach with a network for everyone" actions={newButton}>
                  A course holds a class and its labs. Upload the class list, choose a topology, and start a slice for
                  every student in one action. Students see only their own.
                </Empty>
              }
            />
          )}
        </Page>
        {making !== '' && <NewCoursePanel onClose={() => setMaking('')} />}
      </div>
    </>
  )
}
