'use client'
import { useQuery } from '@tanstack/react-query'
import { LayoutTemplate } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Select } from '../components/input'
import { Page } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { TopologyPicture } from '../components/topology-picture'
import { TopBar } from '../frame/top-bar'
import type { ApiOutput } from '../server/routers/types'
import { useCreateSlice } from '../slices/use-create-slice'

type Template = ApiOutput['templates']['list'][number]

const counted = (n: number, one: string, many: string) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`])

function contents({ topology }: Template): string {
  const routers = topology.hosts.filter((h) => h.kind === 'router').length
  return [
    ...counted(topology.hosts.length - routers, 'host', 'hosts'),
    ...counted(routers, 'router', 'routers'),
    ...counted(topology.lans.length, 'LAN', 'LANs'),
    ...counted(topology.links.length, 'link', 'links'),
  ].join(' · ')
}

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
              <li
                key={template.slug}
                id={template.slug}
                className="flex flex-col rounded-lg border border-line target:border-accent"
              >
                <TopologyPicture
                  topology={template.topology}
                  className="w-full rounded-t-lg border-b border-line bg-canvas"
                />
                <div className="flex flex-1 flex-col gap-1 p-3">
                  <h2 className="font-semibold text-base">{template.name}</h2>
                  <p className="flex-1 text-muted text-sm">{template.description}</p>
                  <div className="mt-2 flex items-center justify-between gap-2">
                    <span className="text-faint text-xs">{contents(template)}</span>
                    <Button
                      size="small"
                      aria-label={`Use ${template.name}`}
                      disabled={!project || create.isPending}
                      busy={create.isPending && create.variables.template === template.slug}
                      onClick={() => project && create.mutate({ projectId: project.id, template: template.slug })}
                    >
                      Use
                    </Button>
                  </div>
                </div>
              </li>
            )) ?? Array.from({ length: 3 }, (_, i) => <Skeleton key={i} className="h-64" />)}
          </ul>
        )}
      </Page>
    </>
  )
}
