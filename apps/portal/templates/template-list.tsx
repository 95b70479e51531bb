'use client'
import { useQuery } from '@tanstack/react-query'
import { LayoutTemplate } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { Select } from '../components/input'
import { Page } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { TopBar } from '../frame/top-bar'
import { useCreateSlice } from '../slices/use-create-slice'
import { SavedSlices } from './saved-slices'
import { TemplateCard } from './template-card'

export function TemplateList() {
  const trpc = useTRPC()
  const templates = useQuery(trpc.templates.list.queryOptions())
  const projects = useQuery(trpc.projects.mine.queryOptions())
  const usable = projects.data?.filter((p) => p.role !== 'student') ?? []
  const [chosen, setChosen] = useState('')
  const project = usable.find((p) => p.id === chosen) ?? usable[0]
  const create = useCreateSlice()
  return (
    <>
      <TopBar crumbs={[{ label: 'Templates' }]} />
      <Page
        title="Templates"
        about="Networks to start from. Using one makes a slice of your own, which you can change as you like."
        actions={
          usable.length > 1 && (
            <Select
              aria-label="Project for new slices"
              className="w-56"
              value={project?.id ?? ''}
              onChange={(e) => setChosen(e.target.value)}
            >
              {usable.map((p) => (
                <option key={p.id} value={p.id}>
                  In {p.name}
                </option>
              ))}
            </Select>
          )
        }
      >
        {templates.error ? (
          <Failed error={templates.error} retry={() => void templates.refetch()} />
        ) : templates.data?.length === 0 ? (
          <Empty icon={<LayoutTemplate />} title="No templates">
            An admin has not put any here yet.
          </Empty>
        ) : (
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-4">
            {templates.data?.map((template) => (
              <TemplateCard key={template.slug} template={template} projectId={project?.id} create={create} />
            )) ?? Array.from({ length: 3 }, (_, i) => <Skeleton key={i} className="h-64" />)}
          </ul>
        )}
        {project && <SavedSlices key={project.id} project={project} create={create} />}
      </Page>
    </>
  )
}
