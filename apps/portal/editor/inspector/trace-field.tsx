'use client'
// The file that one direction of a link follows: chosen, uploaded, looked at.
import type { Impairment } from '@myvini/core/topology/emulation'
import { TraceId } from '@myvini/core/topology/emulation'
import { EXAMPLE_TRACES } from '@myvini/core/topology/example-traces'
import { MOST_TRACE_BYTES, parseTrace } from '@myvini/core/topology/trace'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Trash2, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { problemOf } from '../../browser/problem'
import { useTRPC } from '../../browser/trpc'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { Switch } from '../../components/toggles'
import { useWorkspace } from '../workspace-context'
import type { DirectionProps } from './direction-fields'
import { TracePlot } from './trace-plot'

const stem = (file: string) => file.replace(/\.[a-z0-9]{1,8}$/i, '').slice(0, 80) || 'trace'

export function TraceField({ value, onChange }: DirectionProps) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const add = useMutation(
    trpc.emulation.addTrace.mutationOptions({ onError: (error) => setProblem(problemOf(error).message) }),
  )
  const { trace } = value
  const put = (next: Impairment['trace']) => onChange?.({ trace: next }, 'the trace')
  const store = (name: string, source: Parameters<typeof add.mutate>[0]['source']) => {
    setProblem(null)
    add.mutate(
      { sliceId: slice.id, source },
      { onSuccess: ({ id }) => put({ id: TraceId.parse(id), name, loop: trace?.loop ?? true }) },
    )
  }
  const upload = async (file: File) => {
    if (file.size > MOST_TRACE_BYTES) return setProblem(`${file.name} is larger than ${MOST_TRACE_BYTES / 1e6} MB.`)
    const text = await file.text()
    const parsed = parseTrace(text)
    if (!parsed.ok) return setProblem(`${parsed.problem.message} ${parsed.problem.hint}`)
    store(stem(file.name), { text })
  }
  if (trace)
    return (
      <div className="flex flex-col gap-2 rounded-md border border-line p-2">
        <div className="flex items-center justify-between gap-2 text-sm">
          <span className="min-w-0 truncate font-medium">{trace.name}</span>
          {onChange && (
            <IconButton label={`Follow ${trace.name} no longer`} onClick={() => put(null)}>
              <Trash2 />
            </IconButton>
          )}
        </div>
        <Plot id={trace.id} />
        <Switch
          visible
          label="Begins anew when it is over"
          checked={trace.loop}
          disabled={onChange === null}
          onChange={(loop) => put({ ...trace, loop })}
        />
      </div>
    )
  if (!onChange) return null
  return (
    <Field
      label="Follows a trace"
      error={problem}
      help="Rate, delay and loss over time, at 10 ms: CSV, JSON or mahimahi."
    >
      {(control) => (
        <div className="flex gap-2">
          <Select
            {...control}
            className="min-w-0 flex-1"
            value=""
            disabled={add.isPending}
            onChange={(e) => {
              const example = EXAMPLE_TRACES.find((x) => x.key === e.target.value)
              if (example) store(example.name, { example: example.key })
            }}
          >
            <option value="">None</option>
            {EXAMPLE_TRACES.map((example) => (
              <option key={example.key} value={example.key} title={example.about}>
                {example.name}
              </option>
            ))}
          </Select>
          <Button icon={<Upload />} busy={add.isPending} onClick={() => input.current?.click()}>
            File…
          </Button>
          <input
            ref={input}
            type="file"
            accept=".csv,.json,.txt,.trace,.up,.down"
            className="sr-only"
            tabIndex={-1}
            aria-label="A file with a trace"
            onChange={(e) => {
              const [file] = e.target.files ?? []
              e.target.value = ''
              if (file) void upload(file)
            }}
          />
        </div>
      )}
    </Field>
  )
}

function Plot({ id }: { id: string }) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const trace = useQuery(
    trpc.emulation.trace.queryOptions({ sliceId: slice.id, id }, { staleTime: Number.POSITIVE_INFINITY }),
  )
  if (trace.isPending) return <div className="h-16 animate-pulse rounded-sm bg-sunken" />
  if (!trace.data) return <p className="text-failed text-xs">This trace is not stored here. Upload its file again.</p>
  return <TracePlot {...trace.data} />
}
