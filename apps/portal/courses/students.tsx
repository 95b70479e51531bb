'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link as LinkIcon, UserMinus, Users } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Empty } from '../components/page-states'
import { tell } from '../components/toast'
import { Ago } from '../components/when'
import type { Course } from './course-page'
import { type Invited, LinksPanel } from './links'

type Student = Course['students'][number]

export function Students({ course, onAdd }: { course: Course; onAdd: () => void }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [links, setLinks] = useState<readonly Invited[] | null>(null)
  const refresh = () => void queryClient.invalidateQueries(trpc.courses.pathFilter())
  const invite = useMutation(
    trpc.courses.inviteAgain.mutationOptions({
      onSuccess: (made) => {
        setLinks(made)
        refresh()
      },
    }),
  )
  const remove = useMutation(trpc.courses.removeStudent.mutationOptions({ onSettled: refresh }))
  const add = useMutation(trpc.courses.addStudents.mutationOptions({ onSettled: refresh }))
  const removeAll = async (students: readonly Student[]) => {
    const gone: Student[] = []
    for (const student of students)
      await remove.mutateAsync({ courseId: course.id, userId: student.id }).then(
        () => gone.push(student),
        () => undefined, // told already
      )
    if (gone.length > 0)
      tell(gone.length === 1 ? `${gone[0]?.name} is out of the course` : `${gone.length} are out of the course`, {
        undo: () => add.mutate({ courseId: course.id, students: gone.map(({ name, email }) => ({ name, email })) }),
      })
  }
  const inviteAll = (students: readonly Student[]) =>
    invite.mutate({ courseId: course.id, userIds: students.map((s) => s.id) })
  return (
    <>
      {links && (
        <div className="mb-4 rounded-md border border-line p-3">
          <LinksPanel course={course.name} invited={links} />
          <Button size="small" className="mt-3" onClick={() => setLinks(null)}>
            Done
          </Button>
        </div>
      )}
      <DataTable
        name="students"
        scope="students"
        rows={course.students}
        idOf={(s) => s.id}
        labelOf={(s) => s.name}
        defaultSort="name"
        bulk={[
          { label: 'New links', icon: <LinkIcon />, takes: (s) => !s.joined, run: inviteAll },
          { label: 'Remove', icon: <UserMinus />, danger: true, run: (s) => void removeAll(s) },
        ]}
        actionsOf={(student) => [
          {
            label: 'New invitation link',
            icon: <LinkIcon />,
            disabledBecause: student.joined ? 'Has joined already' : undefined,
            onSelect: () => inviteAll([student]),
          },
          null,
          { label: 'Remove', icon: <UserMinus />, danger: true, onSelect: () => void removeAll([student]) },
        ]}
        columns={[
          {
            key: 'name',
            title: 'Name',
            fixed: true,
            sort: (s) => s.name,
            text: (s) => s.name,
            cell: (s) => <span className="font-medium">{s.name}</span>,
          },
          {
            key: 'email',
            title: 'E-mail',
            desk: true,
            sort: (s) => s.email,
            text: (s) => s.email,
            cell: (s) => <span className="text-muted">{s.email}</span>,
          },
          {
            key: 'joined',
            title: 'Joined',
            sort: (s) => Number(s.joined),
            text: (s) => (s.joined ? 'joined' : 'invited'),
            cell: (s) => (s.joined ? 'Yes' : <span className="text-changing">Not yet</span>),
          },
          {
            key: 'seen',
            title: 'Seen',
            desk: true,
            sort: (s) => s.seenAt,
            cell: (s) => (s.seenAt ? <Ago at={s.seenAt} /> : <span className="text-faint">–</span>),
          },
          { key: 'slices', title: 'Slices', number: true, desk: true, sort: (s) => s.slices, cell: (s) => s.slices },
        ]}
        empty={
          <Empty
            icon={<Users />}
            title="Nobody is in this course yet"
            actions={<Button onClick={onAdd}>Add students</Button>}
          >
            Paste or upload the class list. You get a link for each student, which sets a password and signs in.
          </Empty>
        }
      />
    </>
  )
}
