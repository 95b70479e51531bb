'use client'
import type { ReactNode } from 'react'
import { problemOf } from '../browser/problem'
import { Button } from './button'
import { classes } from './classes'
import { ProblemNote } from './notices'

/** Where something will be; it does not jump when it comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes('animate-skeleton rounded-md bg-sunken', className)} />
}

interface EmptyProps {
  icon?: ReactNode
  title: string
  /** What this is. */
  children: ReactNode
  /** One button, one example. */
  actions?: ReactNode
}

export function Empty({ icon, title, children, actions }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-16 text-center">
      {icon && <div className="mb-1 text-faint [&_svg]:size-7 [&_svg]:stroke-[1.5]">{icon}</div>}
      <h2 className="font-semibold text-base">{title}</h2>
      <div className="text-muted text-sm">{children}</div>
      {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}

/** A query that failed, where its answer would be. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="mx-auto max-w-lg p-6">
      <ProblemNote
        problem={problemOf(error)}
        actions={
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        }
      />
    </div>
  )
}
