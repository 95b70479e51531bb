import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ToldProblem } from '../told-problem'
import { classes } from './classes'

interface BannerProps {
  tone: 'info' | 'changing' | 'failed'
  children: ReactNode
  /** Buttons at the right. */
  actions?: ReactNode
}

const LOOK = {
  info: { box: 'bg-waiting-soft', icon: <Info className="text-waiting" aria-hidden /> },
  changing: { box: 'bg-changing-soft', icon: <TriangleAlert className="text-changing" aria-hidden /> },
  failed: { box: 'bg-failed-soft', icon: <CircleAlert className="text-failed" aria-hidden /> },
}

/** Stays until what it is about has changed. */
export function Banner({ tone, children, actions }: BannerProps) {
  return (
    <div
      role={tone === 'failed' ? 'alert' : 'status'}
      className={classes(
        'flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-sm [&_svg]:size-4 [&_svg]:shrink-0',
        LOOK[tone].box,
      )}
    >
      {LOOK[tone].icon}
      <div className="min-w-0 flex-1">{children}</div>
      {actions && <div className="flex gap-2">{actions}</div>}
    </div>
  )
}

/** A problem in its place: what, why, what would do, and the code to quote. */
export function ProblemNote({ problem, actions }: { problem: ToldProblem; actions?: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2 rounded-md border border-failed/40 bg-failed-soft p-2.5 text-sm">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{problem.message}</p>
        <p className="text-muted">{problem.hint}</p>
        <p className="mt-0.5 font-mono text-faint text-xs">{problem.code}</p>
        {actions && <div className="mt-2 flex gap-2">{actions}</div>}
      </div>
    </div>
  )
}
