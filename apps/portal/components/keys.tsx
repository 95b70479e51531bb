'use client'
import { useIsMac } from '../browser/platform'

/** Keys as they stand on the keyboard at hand: `Mod+K` is ⌘K or Ctrl K. */
export function Keys({ keys }: { keys: string }) {
  const mac = useIsMac()
  const names: Record<string, string> = mac
    ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵', Backspace: '⌫' }
    : { Mod: 'Ctrl', Enter: '↵', Backspace: '⌫' }
  return (
    <span className="inline-flex gap-0.5">
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-medium text-2xs text-muted"
        >
          {names[key] ?? key}
        </kbd>
      ))}
    </span>
  )
}
