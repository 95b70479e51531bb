'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { useTRPC } from '../browser/trpc'
import { DataTable } from '../components/data-table'
import { Select } from '../components/input'
import { Page } from '../components/page'
import { Empty, Failed } from '../components/page-states'
import { tell } from '../components/toast'
import { Ago } from '../components/when'
import { usePerson } from '../frame/frame-context'
import { TopBar } from '../frame/top-bar'
import type { ApiOutput } from '../server/routers/types'

type PersonRow = ApiOutput['people']['list'][number]
const ROLES = { researcher: 'Researcher', instructor: 'Instructor', admin: 'Admin' } as const
type Role = keyof typeof ROLES
const isRole = (text: string): text is Role => text in ROLES

export function PeoplePage() {
  const trpc = useTRPC()
  const me = usePerson()
  const queryClient = useQueryClient()
  const people = useQuery(trpc.people.list.queryOptions())
  const setRole = useMutation(
    trpc.people.setRole.mutationOptions({
      onMutate: ({ userId, role }) =>
        void queryClient.setQueriesData<PersonRow[]>(trpc.people.list.queryFilter(), (rows) =>
          rows?.map((row) => (row.id === userId ? { ...row, role } : row)),
        ),
      onSettled: () => queryClient.invalidateQueries(trpc.people.list.queryFilter()),
    }),
  )
  const change = (person: PersonRow, role: Role) =>
    setRole.mutate(
      { userId: person.id, role },
      {
        onSuccess: () =>
          tell(`${person.name} is ${role === 'researcher' ? 'a' : 'an'} ${role} now`, {
            undo: () => setRole.mutate({ userId: person.id, role: person.role }),
          }),
      },
    )
  return (
    <>
      <TopBar crumbs={[{ label: 'People' }]} />
      <Page
        title="People"
        about="Researchers draw and book. Instructors also run labs for a class. Admins also own the servers and approve."
      >
        {people.error ? (
          <Failed error={people.error} retry={() => void people.refetch()} />
        ) : (
          <DataTable
            name="people"
            rows={people.data}
            idOf={(p) => p.id}
            labelOf={(p) => p.name}
            defaultSort="name"
            columns={[
              {
                key: 'name',
                title: 'Name',
                fixed: true,
                sort: (p) => p.name,
                text: (p) => p.name,
                cell: (p) => (
                  <span className="font-medium">
                    {p.name}
                    {p.id === me.id && <span className="font-normal text-faint"> (you)</span>}
                  </span>
                ),
              },
              {
                key: 'email',
                title: 'E-mail',
                desk: true,
                sort: (p) => p.email,
                text: (p) => p.email,
                cell: (p) => <span className="text-muted">{p.email}</span>,
              },
              {
                key: 'role',
                title: 'Role',
                sort: (p) => p.role,
                text: (p) => ROLES[p.role],
                cell: (p) => (
                  <Select
                    aria-label={`Role of ${p.name}`}
                    className="w-32"
                    value={p.role}
                    onChange={(e) => {
                      if (isRole(e.target.value)) change(p, e.target.value)
                    }}
                  >
                    {Object.entries(ROLES).map(([role, word]) => (
                      <option key={role} value={role}>
                        {word}
                      </option>
                    ))}
                  </Select>
                ),
              },
              {
                key: 'slices',
                title: 'Slices',
                number: true,
                desk: true,
                sort: (p) => p.slices,
                cell: (p) => p.slices,
              },
              {
                key: 'projects',
                title: 'Projects',
                number: true,
                desk: true,
                sort: (p) => p.projects,
                cell: (p) => p.projects,
              },
              {
                key: 'seen',
                title: 'Seen',
                desk: true,
                sort: (p) => p.seenAt,
                cell: (p) =>
                  p.seenAt ? (
                    <Ago at={p.seenAt} />
                  ) : (
                    <span className="text-faint">{p.hasPassword ? 'signed out' : 'invited, not joined'}</span>
                  ),
              },
              {
                key: 'since',
                title: 'Since',
                desk: true,
                sort: (p) => p.createdAt,
                cell: (p) => <Ago at={p.createdAt} />,
              },
            ]}
            empty={
              <Empty icon={<Users />} title="Nobody yet">
                People appear here when they sign up or are invited to a course.
              </Empty>
            }
          />
        )}
      </Page>
    </>
  )
}
