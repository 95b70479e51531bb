'use client'
import { Button } from '../components/button'
import { ProblemNote } from '../components/notices'
import type { LabRun, RunLine } from './use-lab-run'

const WORD: Record<RunLine['outcome'], string> = {
  approved: 'booked',
  requested: 'waiting for an admin',
  already: 'booked before',
  ended: 'stopped',
  refused: 'refused',
}

function summary(lines: readonly RunLine[]): string {
  const counts = new Map<string, number>()
  for (const { outcome } of lines) counts.set(WORD[outcome], (counts.get(WORD[outcome]) ?? 0) + 1)
  return [...counts].map(([word, n]) => `${n} ${word}`).join(', ')
}

/** How far it is, and for whom it did not work, with the reason. */
export function RunNote({ run }: { run: LabRun }) {
  if (run.doing === null) return null
  const refused = run.lines.filter((l) => l.outcome === 'refused')
  return (
    <section aria-label="Progress" className="flex flex-col gap-2 rounded-md border border-line p-3 text-sm">
      <p role="status" className="flex items-center justify-between gap-3">
        <span>
          {run.running
            ? `${run.doing === 'start' ? 'Starting' : 'Stopping'}: ${run.done} of ${run.of || '…'}`
            : run.lines.length === 0
              ? 'There was nothing to do.'
              : `Done: ${summary(run.lines)}.`}
        </span>
        {!run.running && (
          <Button size="small" variant="quiet" onClick={run.clear}>
            Close
          </Button>
        )}
      </p>
      {run.running && (
        <div className="h-1.5 overflow-hidden rounded-full bg-sunken">
          <div
            className="h-full bg-changing-line transition-[width]"
            style={{ width: `${run.of > 0 ? (run.done / run.of) * 100 : 5}%` }}
          />
        </div>
      )}
      {run.problem && <ProblemNote problem={run.problem} />}
      {refused.length > 0 && (
        <ul aria-label="Refused" className="max-h-48 overflow-y-auto">
          {refused.map((line) => (
            <li key={line.student} className="py-0.5">
              <span className="font-medium">{line.student}</span>: <span className="text-failed">{line.why}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
