'use client'
import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react'
import { Failed } from '../../components/page-states'
import { useWorkspace } from '../workspace-context'
import type { Fit } from './use-fit'

/** Whether there is room for it, and if not what stands in the way. */
export function Fits({ fit }: { fit: Fit }) {
  const { focusOn } = useWorkspace()
  if (fit.kind === 'idle') return null
  if (fit.kind === 'unknown') return <Failed error={fit.error} retry={fit.retry} />
  if (fit.kind === 'asking')
    return (
      <p role="status" className="flex items-center gap-2 text-muted text-sm">
        <LoaderCircle className="size-4 animate-spin" aria-hidden /> Looking for a place
      </p>
    )
  if (fit.kind === 'fits')
    return (
      <p role="status" className="flex items-center gap-2 rounded-md bg-running-soft p-2 text-sm">
        <CircleCheck className="size-4 shrink-0 text-running" aria-hidden />
        Fits, on {fit.nodes} {fit.nodes === 1 ? 'node' : 'nodes'}.
      </p>
    )
  const { problem } = fit
  const { subject } = problem
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-failed-soft p-2 text-sm">
      <CircleX className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">
          {problem.when === 'never' ? 'It can never fit.' : 'It does not fit in that window.'}
        </p>
        <p>{problem.message}</p>
        <p className="text-muted">{problem.hint}</p>
        {subject && (
          <button
            type="button"
            className="mt-1 rounded-sm font-medium text-accent-ink hover:underline"
            onClick={() => focusOn(subject)}
          >
            Show it
          </button>
        )}
      </div>
    </div>
  )
}
