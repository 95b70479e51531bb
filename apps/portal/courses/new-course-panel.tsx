'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { pathTo } from '../paths'

export function NewCoursePanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation(
    trpc.courses.create.mutationOptions({
      meta: { told: true },
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.courses.list.queryFilter())
        void queryClient.invalidateQueries(trpc.projects.mine.queryFilter())
        router.push(pathTo.course(id))
      },
    }),
  )
  const problem = create.error ? problemOf(create.error) : null
  return (
    <SidePanel
      title="New course"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="course-form" busy={create.isPending}>
            Make the course
          </Button>
        </>
      }
    >
      <form
        id="course-form"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ name })
        }}
      >
        {problem && !isAtField(problem, ['name']) && <ProblemNote problem={problem} />}
        <Field label="Name" help="Such as Computer Networks, autumn 2026." error={fieldError(problem, 'name')}>
          {(control) => (
            <Input {...control} required maxLength={80} value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
      </form>
    </SidePanel>
  )
}
