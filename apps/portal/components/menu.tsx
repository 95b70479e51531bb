'use client'
import { ContextMenu, DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes'
import { Keys } from './keys'

export interface MenuEntry {
  label: string
  icon?: ReactNode
  keys?: string
  /** Why it cannot be chosen now. */
  disabledBecause?: string | undefined
  danger?: boolean
  checked?: boolean
  onSelect: () => void
}

/** `null` is a line between groups. */
export type MenuEntries = readonly (MenuEntry | null)[]

const item = (entry: MenuEntry) =>
  classes(
    'flex min-h-7 select-none items-center gap-2 rounded-sm px-2 py-0.5 text-sm outline-none [&_svg]:size-4 [&_svg]:text-faint',
    'data-highlighted:bg-hover data-disabled:text-faint',
    entry.danger && 'text-failed data-highlighted:bg-failed-soft [&_svg]:text-failed',
  )

const panel =
  'z-50 max-h-(--radix-popper-available-height) min-w-48 max-w-80 animate-appear overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-float'

function Face({ entry }: { entry: MenuEntry }) {
  return (
    <>
      {entry.icon}
      <span className="flex-1">
        {entry.label}
        {entry.disabledBecause && <span className="block text-faint text-xs">{entry.disabledBecause}</span>}
      </span>
      {entry.checked && <span aria-hidden>✓</span>}
      {entry.keys && <Keys keys={entry.keys} />}
    </>
  )
}

interface MenuProps {
  trigger: ReactNode
  entries: MenuEntries
  align?: 'start' | 'end'
  header?: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

export function Menu({ trigger, entries, align = 'start', header, ...state }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} {...state}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} sideOffset={4} collisionPadding={8} className={panel}>
          {header}
          {entries.map((entry, i) =>
            entry === null ? (
              <DropdownMenu.Separator key={`line-${i}`} className="my-1 h-px bg-line" />
            ) : entry.checked === undefined ? (
              <DropdownMenu.Item
                key={entry.label}
                disabled={entry.disabledBecause !== undefined}
                onSelect={entry.onSelect}
                className={item(entry)}
              >
                <Face entry={entry} />
              </DropdownMenu.Item>
            ) : (
              <DropdownMenu.CheckboxItem
                key={entry.label}
                checked={entry.checked}
                disabled={entry.disabledBecause !== undefined}
                onSelect={entry.onSelect}
                className={item(entry)}
              >
                <Face entry={entry} />
              </DropdownMenu.CheckboxItem>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The same on a right click or a long touch. */
export function MenuOnContext({ children, entries }: { children: ReactNode; entries: () => MenuEntries }) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content collisionPadding={8} className={panel}>
          {entries().map((entry, i) =>
            entry === null ? (
              <ContextMenu.Separator key={`line-${i}`} className="my-1 h-px bg-line" />
            ) : (
              <ContextMenu.Item
                key={entry.label}
                disabled={entry.disabledBecause !== undefined}
                onSelect={entry.onSelect}
                className={item(entry)}
              >
                <Face entry={entry} />
              </ContextMenu.Item>
            ),
          )}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}
