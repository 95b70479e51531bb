'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useTRPC, useTRPCClient } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import { tell, tellProblem } from '../components/toast'
import { usePerson } from '../frame/frame-context'
import type { Project } from './project-page'

type Member = Project['members'][number]
const ROLES = { lead: 'Lead', member: 'Member', student: 'Student' }

function AddMember({ project, refresh }: { project: Project; refresh: () => void }) {
  const trpc = useTRPC()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<'lead' | 'member'>('member')
  const add = useMutation(
    trpc.projects.addMember.mutationOptions({
      meta: { told: true },
      onSuccess: ({ name }) => {
        setEmail('')
        tell(`${name} is in the project`)
        refresh()
      },
    }),
  )
  const problem = add.error ? problemOf(add.error) : null
  return (
    <form
      className="mt-3 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate({ projectId: project.id, email, role })
      }}
    >
      {problem && !isAtField(problem, ['email']) && <ProblemNote problem={problem} />}
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-56 flex-1">
          <Field label="Add by e-mail" help="They need an account first." error={fieldError(problem, 'email')}>
            {(control) => (
              <Input {...control} type="email" required value={email} onChange={(e) => setEmail(e.target.value)} />
            )}
          </Field>
        </div>
        <Field label="As">
          {(control) => (
            <Select
              {...control}
              className="w-32"
              value={role}
              onChange={(e) => setRole(e.target.value === 'lead' ? 'lead' : 'member')}
            >
              <option value="member">Member</option>
              <option value="lead">Lead</option>
            </Select>
          )}
        </Field>
        <Button type="submit" className="mt-6" busy={add.isPending}>
          Add
        </Button>
      </div>
    </form>
  )
}

export function Members({ project }: { project: Project }) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const person = usePerson()
  const queryClient = useQueryClient()
  const refresh = () => void queryClient.invalidateQueries(trpc.projects.pathFilter())
  const setRole = useMutation(trpc.projects.setMemberRole.mutationOptions({ onSettled: refresh }))
  const remove = useMutation(trpc.projects.removeMember.mutationOptions({ onSettled: refresh }))

  const removeWithUndo = (member: Member) =>
    remove.mutate(
      { projectId: project.id, userId: member.id },
      {
        onSuccess: () =>
          tell(`${member.name} is no longer in the project`, {
            undo: () =>
              void client.projects.addMember
                .mutate({
                  projectId: project.id,
                  email: member.email,
                  role: member.role === 'lead' ? 'lead' : 'member',
                })
                .then(refresh, tellProblem),
          }),
      },
    )
  const mayLead = project.mayLead && project.courseId === null
  return (
    <>
      <ul aria-label="People" className="rounded-md border border-line">
        {project.members.map((member) => (
          <li
            key={member.id}
            className="flex flex-wrap items-center gap-3 border-b border-line px-3 py-2 text-sm last:border-0"
          >
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{member.name}</p>
              <p className="truncate text-faint text-xs">
                {member.email} · {member.slices} {member.slices === 1 ? 'slice' : 'slices'}
              </p>
            </div>
            {mayLead ? (
              <Select
                aria-label={`Role of ${member.name}`}
                className="w-28"
                value={member.role}
                onChange={(e) =>
                  setRole.mutate({
                    projectId: project.id,
                    userId: member.id,
                    role: e.target.value === 'lead' ? 'lead' : 'member',
                  })
                }
              >
                <option value="lead">Lead</option>
                <option value="member">Member</option>
              </Select>
            ) : (
              <span className="text-muted">{ROLES[member.role]}</span>
            )}
            {(mayLead || member.id === person.id) && (
              <Button size="small" variant="quiet" onClick={() => removeWithUndo(member)}>
                {member.id === person.id ? 'Leave' : 'Remove'}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayLead && <AddMember project={project} refresh={refresh} />}
    </>
  )
}
