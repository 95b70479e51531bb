'use client'
import { Menu, type MenuEntries } from './menu'

export interface MenuPoint {
  x: number
  y: number
}

interface PointMenuProps {
  /** In the window; null: closed. */
  at: MenuPoint | null
  entries: MenuEntries
  onClose: () => void
}

/** A menu where the pointer is, rather than under a button. */
export function PointMenu({ at, entries, onClose }: PointMenuProps) {
  if (!at) return null
  return (
    <Menu
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      entries={entries}
      trigger={<span aria-hidden className="fixed size-0" style={{ left: at.x, top: at.y }} />}
    />
  )
}
