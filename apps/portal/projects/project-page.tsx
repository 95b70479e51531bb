'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button, ButtonLink } from '../components/button'
import { Field } from '../components/field'
import { Input, TextArea } from '../components/input'
import { ProblemNote } from '../components/notices'
import { Page, Section } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { tell } from '../components/toast'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { Members } from './members'

export type Project = ApiOutput['projects']['get']

function ProjectForm({ project }: { project: Project }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [name, setName] = useState(project.name)
  const [description, setDescription] = useState(project.description)
  const update = useMutation(
    trpc.projects.update.mutationOptions({
      meta: { told: true },
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.projects.pathFilter())
        tell('The project is changed')
      },
    }),
  )
  const problem = update.error ? problemOf(update.error) : null
  return (
    <form
      className="flex max-w-md flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        update.mutate({ projectId: project.id, name, description })
      }}
    >
      {problem && !isAtField(problem, ['name', 'description']) && <ProblemNote problem={problem} />}
      <Field label="Name" error={fieldError(problem, 'name')}>
        {(control) => (
          <Input {...control} required maxLength={80} value={name} onChange={(e) => setName(e.target.value)} />
        )}
      </Field>
      <Field label="What it is for" aside="optional" error={fieldError(problem, 'description')}>
        {(control) => (
          <TextArea {...control} maxLength={500} value={description} onChange={(e) => setDescription(e.target.value)} />
        )}
      </Field>
      <div>
        <Button
          type="submit"
          busy={update.isPending}
          disabled={name === project.name && description === project.description}
        >
          Save
        </Button>
      </div>
    </form>
  )
}

export function ProjectPage({ slug }: { slug: string }) {
  const trpc = useTRPC()
  const project = useQuery(trpc.projects.get.queryOptions({ slug }))
  return (
    <>
      <TopBar crumbs={[{ label: project.data?.name ?? 'Project' }]} project={slug} />
      {project.error ? (
        <Failed error={project.error} retry={() => void project.refetch()} />
      ) : project.data ? (
        <Page
          title={project.data.name}
          about={project.data.description || undefined}
          actions={<ButtonLink href={pathTo.slices({ project: slug })}>Its slices</ButtonLink>}
          narrow
        >
          <Section
            title="People"
            about="Members see and run all slices of the project; leads also add and remove people."
          >
            <Members project={project.data} />
          </Section>
          {project.data.mayLead && (
            <Section title="Name">
              <ProjectForm key={project.data.id} project={project.data} />
            </Section>
          )}
        </Page>
      ) : (
        <Skeleton className="m-6 h-40" />
      )}
    </>
  )
}
