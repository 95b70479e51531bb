'use client'
import { emptyTopology, type Topology } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import { Skeleton } from '../components/page-states'
import { SidePanel } from '../components/side-panel'
import { TopologyPicture } from '../components/topology-picture'
import { useCreateSlice } from './use-create-slice'

const EMPTY = { slug: '', name: 'Empty', description: 'A blank canvas.', topology: emptyTopology() }

interface StartButtonProps {
  start: { name: string; description: string; topology: Topology }
  disabled: boolean
  onClick: () => void
}

function StartButton({ start, disabled, onClick }: StartButtonProps) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onClick}
      className="flex w-full items-center gap-3 rounded-md border border-line p-2 text-left hover:border-line-strong hover:bg-hover disabled:opacity-50"
    >
      <TopologyPicture
        topology={start.topology}
        className="h-16 w-27 shrink-0 rounded-sm border border-line bg-canvas"
      />
      <span className="min-w-0">
        <span className="block font-medium text-sm">{start.name}</span>
        <span className="line-clamp-2 text-muted text-xs">{start.description}</span>
      </span>
    </button>
  )
}

/** One click on a starting point makes the slice and opens it; the name can wait. */
export function NewSlicePanel({ projectSlug, onClose }: { projectSlug: string | null; onClose: () => void }) {
  const trpc = useTRPC()
  const templates = useQuery(trpc.templates.list.queryOptions())
  const projects = useQuery(trpc.projects.mine.queryOptions())
  const usable = projects.data?.filter((p) => p.role !== 'student') ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const project = usable.find((p) => p.id === chosen) ?? usable.find((p) => p.slug === projectSlug) ?? usable[0]
  const [name, setName] = useState('')
  const create = useCreateSlice({ told: true })
  const problem = create.error ? problemOf(create.error) : null
  const saved = useQuery(trpc.savedSlices.list.queryOptions({ projectId: project?.id ?? '' }, { enabled: !!project }))
  const begin = (from: { template?: string; saved?: string }) => {
    if (!project) return
    create.mutate({
      projectId: project.id,
      ...from,
      ...(name.trim() !== '' && { name: name.trim() }),
    })
  }
  return (
    <SidePanel title="New slice" onClose={onClose}>
      <div className="flex flex-col gap-4">
        {problem && fieldError(problem, 'name') === null && <ProblemNote problem={problem} />}
        <Field label="Name" help="Without one it is called after its start." error={fieldError(problem, 'name')}>
          {(control) => <Input {...control} value={name} maxLength={80} onChange={(e) => setName(e.target.value)} />}
        </Field>
        {usable.length > 1 && (
          <Field label="Project">
            {(control) => (
              <Select {...control} value={project?.id ?? ''} onChange={(e) => setChosen(e.target.value)}>
                {usable.map((p) => (
                  <option key={p.id} value={p.id}>
                    {p.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <div>
          <h3 className="mb-1 font-medium text-sm">Start from</h3>
          <ul className="flex flex-col gap-2">
            {[EMPTY, ...(templates.data ?? [])].map((template) => (
              <li key={template.slug}>
                <StartButton
                  start={template}
                  disabled={create.isPending || !project}
                  onClick={() => begin(template.slug === '' ? {} : { template: template.slug })}
                />
              </li>
            ))}
            {saved.data?.slices
              .filter((s) => s.state === 'ready')
              .map((s) => (
                <li key={s.id}>
                  <StartButton start={s} disabled={create.isPending} onClick={() => begin({ saved: s.id })} />
                </li>
              ))}
            {templates.isPending && <Skeleton className="h-20" />}
          </ul>
        </div>
      </div>
    </SidePanel>
  )
}
