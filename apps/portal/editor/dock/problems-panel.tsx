'use client'
import type { Subject } from '@myvini/core/result'
import { Check, CircleAlert, TriangleAlert } from 'lucide-react'
import { useShown, useView, useWorkspace } from '../workspace-context'

interface Line {
  key: string
  severity: 'error' | 'warning'
  message: string
  hint: string
  subject: Subject | undefined
}

/** Parts of what runs that have failed, one line each. */
function useFailures(): Line[] {
  const { shown } = useWorkspace()
  const status = useView((v) => v.status)
  if (!status || !['provisioning', 'running', 'degraded', 'failed'].includes(status.state)) return []
  const { hosts, lans, links } = shown.topology
  const names = new Map<string, string>([...hosts, ...lans].map((t) => [t.id, t.name]))
  const line = (kind: 'host' | 'lan' | 'link', id: string, name: string): Line[] => {
    const part = kind === 'link' ? status.links[id] : status.hosts[id]
    return part?.state === 'failed'
      ? [
          {
            key: `${kind} ${id}`,
            severity: 'error',
            message: `${name} failed: ${part.reason ?? 'the node gave no reason'}.`.replace('..', '.'),
            hint: 'It is tried again by itself.',
            subject: { kind, id },
          },
        ]
      : []
  }
  return [
    ...hosts.flatMap((h) => line('host', h.id, h.name)),
    ...lans.flatMap((l) => line('lan', l.id, l.name)),
    ...links.flatMap((l) =>
      line(
        'link',
        l.id,
        `The link ${l.ends.map((e) => names.get(e.kind === 'lan' ? e.lan : e.host) ?? '?').join('–')}`,
      ),
    ),
  ]
}

const NODE_WORDS = {
  unreachable: 'It is tried again by itself; its admin is told.',
  refused: 'It is tried again with the next plan. An admin finds the whole refusal on the node’s page.',
}

/** Nodes that keep the slice waiting, one line each. */
function useNodeTroubles(): Line[] {
  const nodes = useView((v) => v.status?.progress.nodes)
  return (nodes ?? []).flatMap((n): Line[] =>
    n.state === 'unreachable' || n.state === 'refused'
      ? [
          {
            key: `node ${n.node}`,
            severity: 'error',
            message: `${n.node}, which carries ${n.hosts} hosts and ${n.links} links of this: ${n.reason}`,
            hint: NODE_WORDS[n.state],
            subject: undefined,
          },
        ]
      : [],
  )
}

/** What stands in the way, and what would do. A click leads to the thing. */
export function ProblemsPanel() {
  const { focusOn } = useWorkspace()
  const problems = useShown((s) => s.problems)
  const failures = useFailures()
  const nodes = useNodeTroubles()
  const lines: Line[] = [
    ...nodes,
    ...failures,
    ...problems.map((p, i): Line => ({ key: `${p.code} ${i}`, ...p, subject: p.subject })),
  ].toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1))
  if (lines.length === 0)
    return (
      <p className="flex items-center gap-2 p-4 text-muted text-sm">
        <Check className="size-4 text-running" aria-hidden />
        Nothing is wrong with this drawing.
      </p>
    )
  return (
    <ul aria-label="Problems" className="py-1 text-sm">
      {lines.map((line) => {
        const { subject } = line
        const content = (
          <>
            {line.severity === 'error' ? (
              <CircleAlert className="mt-0.5 size-4 shrink-0 text-failed" aria-label="Error" />
            ) : (
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-changing" aria-label="Warning" />
            )}
            <span className="min-w-0">
              {line.message} <span className="text-muted">{line.hint}</span>
            </span>
          </>
        )
        return (
          <li key={line.key}>
            {subject ? (
              <button
                type="button"
                onClick={() => focusOn(subject)}
                className="flex w-full gap-2 px-3 py-1 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
              >
                {content}
              </button>
            ) : (
              <span className="flex gap-2 px-3 py-1">{content}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
