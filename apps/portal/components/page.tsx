import type { ReactNode } from 'react'
import { classes } from './classes'

interface PageProps {
  title: ReactNode
  /** One line under the title. */
  about?: ReactNode
  actions?: ReactNode
  /** Tables use the whole width, texts and forms do not. */
  narrow?: boolean
  children: ReactNode
}

/** Heading, actions, content: the frame of every page but the workspace. */
export function Page({ title, about, actions, narrow, children }: PageProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className={classes('flex w-full flex-col px-4 pt-4 pb-8 md:px-6', narrow && 'max-w-3xl')}>
        <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0">
            <h1 className="text-xl">{title}</h1>
            {about && <p className="mt-0.5 text-muted text-sm">{about}</p>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  )
}

export function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-8">
      <h2 className="text-lg">{title}</h2>
      {about && <p className="mb-3 text-muted text-sm">{about}</p>}
      <div className={about ? '' : 'mt-3'}>{children}</div>
    </section>
  )
}
