'use client'
import type { Window } from '@myvini/core/reservation/timeline'
import { CalendarClock } from 'lucide-react'
import { shortWindow, useNow } from '../../browser/time'

interface EarliestSlotsProps {
  /** Null while they are looked for. */
  slots: readonly Window[] | null
  onPick: (window: Window) => void
}

/** Where a window is full: the next ones in which all of it fits, each one click away. */
export function EarliestSlots({ slots, onPick }: EarliestSlotsProps) {
  const now = useNow()
  if (slots === null)
    return (
      <p role="status" className="text-muted text-sm">
        Looking for the next window in which it fits
      </p>
    )
  if (slots.length === 0)
    return <p className="text-muted text-sm">There is no window in which it fits, as far ahead as may be booked.</p>
  return (
    <section aria-label="Windows in which it fits">
      <h3 className="mb-1 font-medium text-sm">It fits</h3>
      <ul className="flex flex-col gap-1">
        {slots.map((slot) => (
          <li key={slot.fromMs}>
            <button
              type="button"
              onClick={() => onPick(slot)}
              className="flex w-full items-center gap-2 rounded-md border border-line px-2 py-1.5 text-left text-sm hover:border-line-strong hover:bg-hover"
            >
              <CalendarClock className="size-4 shrink-0 text-muted" aria-hidden />
              {shortWindow(new Date(slot.fromMs), new Date(slot.untilMs), now)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
