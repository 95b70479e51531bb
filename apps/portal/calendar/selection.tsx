'use client'
// The window that is chosen, on the calendar: dragged by its edges, or moved by the arrow keys.
import type { Window } from '@myvini/core/reservation/timeline'
import type { KeyboardEvent, PointerEvent } from 'react'
import { classes } from '../components/classes'
import { isWithin, spanOf } from './scale'
import { momentText } from './time-axis'

interface SelectionProps {
  range: Window
  window: Window
  /** Null: nothing is asked, so it neither fits nor not. */
  fits: boolean | null
  stepMs: number
  /** No earlier and no later than this. */
  limits: Window
  onChange: (window: Window) => void
  /** An edge has been taken hold of. */
  onHold: (edge: 'from' | 'until', event: PointerEvent) => void
}

const DAY_MS = 24 * 3_600_000

export function Selection({ range, window, fits, stepMs, limits, onChange, onHold }: SelectionProps) {
  if (!isWithin(range, window)) return null
  const onKey = (edge: 'from' | 'until') => (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -stepMs,
      ArrowDown: -stepMs,
      ArrowRight: stepMs,
      ArrowUp: stepMs,
      PageDown: -DAY_MS,
      PageUp: DAY_MS,
    }
    const by = steps[event.key]
    if (by === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const moved =
      edge === 'from'
        ? { ...window, fromMs: Math.min(window.untilMs - stepMs, Math.max(limits.fromMs, window.fromMs + by)) }
        : { ...window, untilMs: Math.max(window.fromMs + stepMs, Math.min(limits.untilMs, window.untilMs + by)) }
    onChange(moved)
  }
  const handle = (edge: 'from' | 'until') => {
    const at = edge === 'from' ? window.fromMs : window.untilMs
    return (
      <div
        role="slider"
        tabIndex={0}
        aria-label={edge === 'from' ? 'Start of the window' : 'End of the window'}
        aria-orientation="horizontal"
        aria-valuemin={limits.fromMs}
        aria-valuemax={limits.untilMs}
        aria-valuenow={at}
        aria-valuetext={momentText(at)}
        onKeyDown={onKey(edge)}
        onPointerDown={(event) => onHold(edge, event)}
        className={classes(
          'pointer-events-auto absolute top-3/5 flex h-12 w-6 cursor-ew-resize touch-none items-center',
          // Outside of the window, so that they are apart however short it is.
          edge === 'from' ? '-left-6 justify-end' : '-right-6',
        )}
      >
        <span className="h-8 w-1 rounded-full bg-accent" />
      </div>
    )
  }
  return (
    <div
      className={classes(
        'pointer-events-none absolute inset-y-0 z-[3] border-x-2',
        fits === false
          ? 'border-failed bg-failed/10'
          : fits
            ? 'border-running bg-running/10'
            : 'border-accent bg-accent/10',
      )}
      style={spanOf(range, window)}
    >
      {handle('from')}
      {handle('until')}
    </div>
  )
}
