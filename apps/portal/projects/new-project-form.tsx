'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, TextArea } from '../components/input'
import { ProblemNote } from '../components/notices'
import { Page } from '../components/page'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'

export function NewProjectForm() {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const create = useMutation(
    trpc.projects.create.mutationOptions({
      meta: { told: true },
      onSuccess: async ({ slug }) => {
        await queryClient.invalidateQueries(trpc.projects.mine.queryFilter())
        router.push(pathTo.project(slug))
      },
    }),
  )
  const problem = create.error ? problemOf(create.error) : null
  return (
    <>
      <TopBar crumbs={[{ label: 'New project' }]} />
      <Page
        title="New project"
        about="People in a project see and run all its slices. You lead it, and add the others."
        narrow
      >
        <form
          className="flex max-w-md flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            create.mutate({ name, description })
          }}
        >
          {problem && !isAtField(problem, ['name', 'description']) && <ProblemNote problem={problem} />}
          <Field label="Name" error={fieldError(problem, 'name')}>
            {(control) => (
              <Input
                {...control}
                autoFocus
                required
                maxLength={80}
                value={name}
                onChange={(e) => setName(e.target.value)}
              />
            )}
          </Field>
          <Field label="What it is for" aside="optional" error={fieldError(problem, 'description')}>
            {(control) => (
              <TextArea
                {...control}
                maxLength={500}
                value={description}
                onChange={(e) => setDescription(e.target.value)}
              />
            )}
          </Field>
          <div>
            <Button type="submit" variant="primary" busy={create.isPending}>
              Make the project
            </Button>
          </div>
        </form>
      </Page>
    </>
  )
}
