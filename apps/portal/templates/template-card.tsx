'use client'
import { Button } from '../components/button'
import { TopologyPicture } from '../components/topology-picture'
import type { ApiOutput } from '../server/routers/types'
import type { useCreateSlice } from '../slices/use-create-slice'

export type Template = ApiOutput['templates']['list'][number]

const counted = (n: number, one: string, many: string) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`])

function contents({ topology }: Template): string {
  const of = (kind: Template['topology']['hosts'][number]['kind']) =>
    topology.hosts.filter((h) => h.kind === kind).length
  return [
    ...counted(of('host'), 'host', 'hosts'),
    ...counted(of('router'), 'router', 'routers'),
    ...counted(of('gateway'), 'gateway', 'gateways'),
    ...counted(topology.lans.length, 'LAN', 'LANs'),
    ...counted(topology.links.length, 'link', 'links'),
  ].join(' · ')
}

interface TemplateCardProps {
  template: Template
  /** Where the new slice will be; undefined: the reader has no project to draw in. */
  projectId: string | undefined
  create: ReturnType<typeof useCreateSlice>
}

/** A network to start from; anywhere on it is the button. */
export function TemplateCard({ template, projectId, create }: TemplateCardProps) {
  return (
    <li
      id={template.slug}
      className="relative flex flex-col rounded-lg border border-line text-left target:border-accent has-[button:enabled]:hover:border-line-strong"
    >
      <TopologyPicture topology={template.topology} className="w-full rounded-t-lg border-b border-line bg-canvas" />
      <div className="flex flex-1 flex-col gap-1 p-3">
        <h2 className="font-semibold text-base">{template.name}</h2>
        <p className="flex-1 text-muted text-sm">{template.description}</p>
        <div className="mt-2 flex items-center justify-between gap-2">
          <span className="text-faint text-xs">{contents(template)}</span>
          <Button
            size="small"
            className="after:absolute after:inset-0"
            aria-label={`Use ${template.name}`}
            disabled={projectId === undefined || create.isPending}
            busy={create.isPending && create.variables.template === template.slug}
            onClick={() => projectId !== undefined && create.mutate({ projectId, template: template.slug })}
          >
            Use
          </Button>
        </div>
      </div>
    </li>
  )
}
