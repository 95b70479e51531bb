'use client'
import { type Exception, type Policy, type PolicyRole, ROLES } from '@myvini/core/reservation/policy'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Select } from '../components/input'
import { Section } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { tell } from '../components/toast'
import type { ToldProblem } from '../told-problem'
import { ExceptionForm } from './exception-form'
import { exceptionWords } from './policy-numbers'

const ROLE_WORDS: Record<PolicyRole, string> = { researcher: 'Researchers', instructor: 'Instructors', admin: 'Admins' }

interface RowProps {
  name: string
  note?: string
  policy: Policy
  exception: Exception | null
  save: { isPending: boolean; problem: ToldProblem | null; mutate: (exception: Exception | null) => void }
  open: boolean
  onOpen: (open: boolean) => void
}

function ExceptionRow({ name, note, policy, exception, save, open, onOpen }: RowProps) {
  return (
    <li className="border-line border-b py-2 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="min-w-0">
          <span className="font-medium text-sm">{name}</span>
          {note && <span className="ml-2 text-faint text-xs">{note}</span>}
          <p className="text-muted text-sm">{exceptionWords(exception)}</p>
        </div>
        {!open && (
          <Button size="small" aria-label={`Change the limits of ${name}`} onClick={() => onOpen(true)}>
            Change
          </Button>
        )}
      </div>
      {open && (
        <div className="mt-2">
          <ExceptionForm
            name={name}
            policy={policy}
            exception={exception}
            busy={save.isPending}
            problem={save.problem}
            onSave={save.mutate}
            onCancel={() => onOpen(false)}
          />
        </div>
      )}
    </li>
  )
}

function Roles({ policy }: { policy: Policy }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [open, setOpen] = useState<PolicyRole | null>(null)
  const save = useMutation(
    trpc.policy.saveRole.mutationOptions({
      meta: { told: true },
      onSuccess: async (_, { role }) => {
        void queryClient.invalidateQueries(trpc.reservations.policy.queryFilter())
        await queryClient.invalidateQueries(trpc.policy.get.queryFilter())
        setOpen(null)
        tell(`The limits of ${ROLE_WORDS[role].toLowerCase()} are changed`)
      },
    }),
  )
  return (
    <ul className="border-line border-y">
      {ROLES.map((role) => (
        <ExceptionRow
          key={role}
          name={ROLE_WORDS[role]}
          policy={policy}
          exception={policy.roles[role] ?? null}
          save={{
            isPending: save.isPending,
            problem: open === role && save.error ? problemOf(save.error) : null,
            mutate: (exception) => save.mutate({ role, exception }),
          }}
          open={open === role}
          onOpen={(opens) => {
            save.reset()
            setOpen(opens ? role : null)
          }}
        />
      ))}
    </ul>
  )
}

function Projects({ policy }: { policy: Policy }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const projects = useQuery(trpc.policy.projects.queryOptions())
  const [open, setOpen] = useState<string | null>(null)
  const save = useMutation(
    trpc.policy.saveProject.mutationOptions({
      meta: { told: true },
      onSuccess: async () => {
        void queryClient.invalidateQueries(trpc.reservations.policy.queryFilter())
        await queryClient.invalidateQueries(trpc.policy.projects.queryFilter())
        setOpen(null)
        tell('The limits of the project are changed')
      },
    }),
  )
  if (projects.error) return <Failed error={projects.error} retry={() => void projects.refetch()} />
  if (!projects.data) return <Skeleton className="h-24" />
  const shown = projects.data.filter((p) => p.exception !== null || p.id === open)
  const others = projects.data.filter((p) => !shown.includes(p))
  return (
    <div className="flex flex-col gap-3">
      {shown.length === 0 ? (
        <p className="text-muted text-sm">No project has limits of its own.</p>
      ) : (
        <ul className="border-line border-y">
          {shown.map(({ id, name, isCourse, exception }) => (
            <ExceptionRow
              key={id}
              name={name}
              {...(isCourse && { note: 'Course' })}
              policy={policy}
              exception={exception}
              save={{
                isPending: save.isPending,
                problem: open === id && save.error ? problemOf(save.error) : null,
                mutate: (next) => save.mutate({ projectId: id, exception: next }),
              }}
              open={open === id}
              onOpen={(opens) => {
                save.reset()
                setOpen(opens ? id : null)
              }}
            />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <div className="max-w-sm">
          <Field label="Give another project limits of its own">
            {(control) => (
              <Select {...control} value="" onChange={(e) => setOpen(e.target.value === '' ? null : e.target.value)}>
                <option value="">Choose a project…</option>
                {others.map(({ id, name, isCourse }) => (
                  <option key={id} value={id}>
                    {isCourse ? `${name} (course)` : name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      )}
    </div>
  )
}

/** Each is saved by itself, apart from the form above. */
export function ExceptionsSection({ policy }: { policy: Policy }) {
  return (
    <>
      <Section title="Roles" about="What some may have otherwise, in whichever project they book.">
        <Roles policy={policy} />
      </Section>
      <Section title="Single projects" about="Where a project and a role differ, the project’s word counts.">
        <Projects policy={policy} />
      </Section>
    </>
  )
}
