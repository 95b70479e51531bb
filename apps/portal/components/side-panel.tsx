'use client'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from './button'
import { classes } from './classes'

interface SidePanelProps {
  title: string
  onClose: () => void
  children: ReactNode
  /** Stays in view under what scrolls. */
  footer?: ReactNode
  /** Comes by itself, and so leaves the focus where it is. */
  still?: boolean
  /** More room, where a window has it. */
  wide?: boolean
}

/** Beside the list, which stays in view; on a phone over it. */
export function SidePanel({ title, onClose, children, footer, still = false, wide = false }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (still) return
    const before = document.activeElement
    const first = panel.current?.querySelector<HTMLElement>('[data-autofocus], input, select, textarea')
    ;(first ?? panel.current)?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [still])
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
      className={classes(
        'fixed inset-0 z-30 flex flex-col bg-page outline-none md:static md:w-96 md:shrink-0 md:animate-appear md:border-l md:border-line',
        wide && 'xl:w-116',
      )}
    >
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line pr-2 pl-4">
        <h2 className="font-semibold text-base">{title}</h2>
        <IconButton label="Close" onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
      {footer && <div className="flex shrink-0 justify-end gap-2 border-t border-line p-3">{footer}</div>}
    </aside>
  )
}
