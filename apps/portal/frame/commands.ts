'use client'
// What can be done here, in which words and by which keys? One table for the command palette, the sheet of keys and the
// keyboard itself. Pages add theirs while they are open.
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { hasCommandKey } from '../browser/platform'

export interface Command {
  label: string
  /** `Mod+D`, `Shift+A`, `?`; more than one way to type it is separated by a space. */
  keys?: string
  /** Other words by which somebody may look for it. */
  also?: string
  disabled?: boolean
  /** Only a key: what needs no line in the palette, such as moving by arrows. */
  hidden?: boolean
  run: () => void
}

export interface CommandGroup {
  title: string
  commands: readonly Command[]
}

let groups: readonly CommandGroup[] = []
const watchers = new Set<() => void>()

function change(next: readonly CommandGroup[]) {
  groups = next
  for (const watcher of watchers) watcher()
}

const none: readonly CommandGroup[] = []

export const useCommandGroups = (): readonly CommandGroup[] =>
  useSyncExternalStore(
    (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    () => groups,
    () => none,
  )

/** Adds commands while the calling component is there. Later ones win where two have the same keys. */
export function useCommands(title: string, commands: readonly Command[]) {
  const latest = useRef(commands)
  latest.current = commands
  // What is shown changes only with these; `run` is always the latest.
  const shape = JSON.stringify(commands.map(({ run: _, ...rest }) => rest))
  useEffect(() => {
    const group: CommandGroup = {
      title,
      commands: latest.current.map((command, i) => ({ ...command, run: () => latest.current[i]?.run() })),
    }
    change([...groups, group])
    return () => change(groups.filter((g) => g !== group))
  }, [title, shape])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
  !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type))

export function matchesKeys(keys: string, event: KeyboardEvent): boolean {
  return keys.split(' ').some((chord) => {
    const parts = chord.split('+')
    const key = parts.at(-1) ?? ''
    const letter = /^[A-Za-z]$/.test(key)
    return (
      event.key.toLowerCase() === key.toLowerCase() &&
      hasCommandKey(event) === parts.includes('Mod') &&
      event.altKey === parts.includes('Alt') &&
      // Signs such as "?" are typed with or without Shift, by the keyboard's layout.
      (event.shiftKey === parts.includes('Shift') || (!letter && key.length === 1))
    )
  })
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return
  const typing = isTyping(event.target)
  // In a terminal every key is the shell's.
  if (event.target instanceof HTMLElement && event.target.closest('.xterm')) return
  const inDialog = event.target instanceof HTMLElement && event.target.closest('[role="dialog"],[role="menu"]') !== null
  for (const group of groups.toReversed())
    for (const command of group.commands) {
      if (command.keys === undefined || command.disabled || !matchesKeys(command.keys, event)) continue
      // In a field only what no field needs for itself.
      if (typing && !/^Mod\+(K|S|Enter)$/i.test(command.keys)) return
      if (inDialog && command.keys !== 'Mod+K') return
      event.preventDefault()
      command.run()
      return
    }
}

/** Called once, by the frame. */
export function useCommandKeys() {
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
