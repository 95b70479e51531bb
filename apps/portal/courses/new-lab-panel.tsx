'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useNow, zoneName } from '../browser/time'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { classes } from '../components/classes'
import { DateTimeField } from '../components/date-time-field'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { Choice } from '../components/toggles'
import { TopologyPicture } from '../components/topology-picture'
import { nextHalfHour } from '../editor/booking/window'
import { pathTo } from '../paths'
import type { Course } from './course-page'

type Source = { kind: 'template'; slug: string } | { kind: 'slice'; sliceId: string }
const HOUR_MS = 3_600_000

/** Name, topology, and when it is planned for. */
export function NewLabPanel({ course, onClose }: { course: Course; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const now = useNow()
  const queryClient = useQueryClient()
  const templates = useQuery(trpc.templates.list.queryOptions())
  const slices = useQuery(trpc.slices.list.queryOptions({}))
  const own = slices.data?.filter((s) => s.lab === null && s.hosts > 0) ?? []
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Source | null>(null)
  const [window, setWindow] = useState<{ from: Date; until: Date } | null>(null)
  const first = templates.data?.[0]
  const source: Source | null = chosen ?? (first ? { kind: 'template', slug: first.slug } : null)
  const create = useMutation(
    trpc.labs.create.mutationOptions({
      meta: { told: true },
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.courses.pathFilter())
        router.push(pathTo.lab(course.id, id))
      },
    }),
  )
  const problem = create.error ? problemOf(create.error) : null
  return (
    <SidePanel
      title="New lab"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="lab-form" busy={create.isPending} disabled={!source}>
            Make the lab
          </Button>
        </>
      }
    >
      <form
        id="lab-form"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (source)
            create.mutate({
              courseId: course.id,
              name,
              source,
              startsAt: window?.from ?? null,
              endsAt: window?.until ?? null,
            })
        }}
      >
        {problem && !isAtField(problem, ['name', 'source']) && <ProblemNote problem={problem} />}
        <Field label="Name" help="Such as Static routing." error={fieldError(problem, 'name')}>
          {(control) => (
            <Input {...control} required maxLength={60} value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <Field label="Topology" group error={fieldError(problem, 'source')}>
          {() => (
            <ul className="grid grid-cols-2 gap-2">
              {templates.data?.map((template) => {
                const active = source?.kind === 'template' && source.slug === template.slug
                return (
                  <li key={template.slug}>
                    <button
                      type="button"
                      aria-pressed={active}
                      onClick={() => setChosen({ kind: 'template', slug: template.slug })}
                      className={classes(
                        'w-full rounded-md border p-1.5 text-left',
                        active ? 'border-accent bg-accent-soft' : 'border-line hover:border-line-strong',
                      )}
                    >
                      <TopologyPicture topology={template.topology} className="w-full" />
                      <span className="block truncate text-sm">{template.name}</span>
                    </button>
                  </li>
                )
              })}
            </ul>
          )}
        </Field>
        {own.length > 0 && (
          <Field label="Or one of your slices" help="The lab gets a copy of its drawing, as it is now.">
            {(control) => (
              <Select
                {...control}
                value={source?.kind === 'slice' ? source.sliceId : ''}
                onChange={(e) => setChosen(e.target.value === '' ? null : { kind: 'slice', sliceId: e.target.value })}
              >
                <option value="">None</option>
                {own.map((slice) => (
                  <option key={slice.id} value={slice.id}>
                    {slice.name} ({slice.project.name})
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label="Planned for" group aside={window && zoneName()}>
          {(control) => (
            <>
              <Choice
                id={control.id}
                label="Planned for"
                value={window ? 'window' : 'later'}
                onChange={(value) => {
                  const from = nextHalfHour(now)
                  setWindow(value === 'window' ? { from, until: new Date(from.getTime() + 2 * HOUR_MS) } : null)
                }}
                options={[
                  { value: 'later', label: 'When I start it' },
                  { value: 'window', label: 'A window' },
                ]}
              />
              {window && (
                <>
                  <DateTimeField
                    id="lab-from"
                    label="Start"
                    value={window.from}
                    earliest={now}
                    onChange={(from) =>
                      setWindow({
                        from,
                        until: new Date(from.getTime() + window.until.getTime() - window.from.getTime()),
                      })
                    }
                  />
                  <DateTimeField
                    id="lab-until"
                    label="End"
                    value={window.until}
                    earliest={window.from}
                    onChange={(until) => setWindow({ ...window, until })}
                  />
                </>
              )}
            </>
          )}
        </Field>
      </form>
    </SidePanel>
  )
}
