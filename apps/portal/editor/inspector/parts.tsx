'use client'
import type { TopologyProblem } from '@myvini/core/topology/validate'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Pill } from '../../components/state-pill'
import { useThingLook } from '../canvas/thing-look'
import { useShown } from '../workspace-context'

export function InspectorHead({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3 [&>svg]:size-4 [&>svg]:text-faint">
      {icon}
      <h2 className="min-w-0 flex-1 truncate font-semibold text-base">{title}</h2>
      {children}
    </div>
  )
}

export function InspectorSection({
  title,
  aside,
  children,
}: {
  title?: string
  aside?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-3 border-b border-line p-3 last:border-0">
      {title && (
        <div className="flex items-center justify-between">
          <h3 className="font-semibold text-sm">{title}</h3>
          {aside}
        </div>
      )}
      {children}
    </section>
  )
}

/** One line of what is so, rather than of what one may set. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3 text-sm">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 text-right">{children}</dd>
    </div>
  )
}

/** How it runs: state, reason, substrate node. */
export function LiveFacts({ kind, id, children }: { kind: 'host' | 'lan' | 'link'; id: string; children?: ReactNode }) {
  const look = useThingLook(kind, id)
  if (!look.tone) return null
  return (
    <InspectorSection>
      <dl className="flex flex-col gap-1.5">
        <Fact label="State">
          <Pill tone={look.tone}>{look.word}</Pill>
        </Fact>
        {look.node && (
          <Fact label="On node">
            <span className="font-mono">{look.node}</span>
          </Fact>
        )}
        {look.reason && <p className="rounded-md bg-failed-soft p-2 text-sm">{look.reason}</p>}
        {children}
      </dl>
    </InspectorSection>
  )
}

type Subject = TopologyProblem['subject']

/** What is wrong with one thing, in words and with what would do. */
export function ProblemsOf({ ids }: { ids: readonly string[] }) {
  const problems = useShown((s) => s.problems)
  const wanted = new Set(ids)
  const mine = problems.filter((p) => p.subject && wanted.has(p.subject.id))
  if (mine.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 border-b border-line p-3">
      {mine.map((problem) => (
        <li
          key={`${problem.code} ${(problem.subject as Subject)?.id} ${problem.message}`}
          className="flex gap-2 text-sm [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
        >
          {problem.severity === 'error' ? (
            <CircleAlert className="text-failed" aria-label="Error" />
          ) : (
            <TriangleAlert className="text-changing" aria-label="Warning" />
          )}
          <span>
            {problem.message} <span className="text-muted">{problem.hint}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The message for one thing and a kind of problem, for beside a field. */
export function useFieldProblem(id: string, codes: readonly string[]): string | null {
  return useShown((s) => {
    const found = s.problems.find((p) => p.subject?.id === id && codes.includes(p.code) && p.severity === 'error')
    return found ? found.message : null
  })
}
