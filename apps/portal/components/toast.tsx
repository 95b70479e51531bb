'use client'
import { Toaster as Sonner, toast } from 'sonner'
import { problemOf } from '../browser/problem'

export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      visibleToasts={4}
      containerAriaLabel="Notices"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[356px] max-w-[calc(100vw-32px)] items-start gap-3 rounded-lg border border-line bg-raised p-3 text-sm text-ink shadow-float',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-muted text-sm',
          icon: 'mt-0.5 [&_svg]:size-4',
          actionButton:
            'shrink-0 rounded-md border border-line-strong bg-raised px-2 h-7 font-medium text-sm hover:bg-hover',
          closeButton: 'hidden',
          error: '!border-failed',
        },
      }}
    />
  )
}

/** Says that something is done, with the way back where there is one. */
export function tell(title: string, options: { description?: string; undo?: () => void } = {}) {
  const { undo } = options
  toast(title, {
    ...(options.description !== undefined && { description: options.description }),
    ...(undo && { action: { label: 'Undo', onClick: () => undo() }, duration: 10_000 }),
  })
}

/** Says what failed and what would do, with the code to quote. */
export function tellProblem(error: unknown) {
  const problem = problemOf(error)
  toast.error(problem.message, {
    id: problem.code,
    description: (
      <>
        {problem.hint} <code className="font-mono text-faint text-xs">{problem.code}</code>
      </>
    ),
    duration: 10_000,
  })
}
