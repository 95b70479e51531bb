'use client'
// A window is drawn by dragging over the calendar, or one of its edges is moved. A click alone begins a window there.
import type { Window } from '@myvini/core/reservation/timeline'
import { type PointerEvent, type RefObject, useRef } from 'react'
import { momentAt } from './scale'
import { snap } from './time-axis'

interface Dragging {
  chart: RefObject<HTMLElement | null>
  range: Window
  window: Window
  stepMin: number
  limits: Window
  onChange: (window: Window) => void
}

const MINUTE_MS = 60_000
/** Less than this is a click, in pixels. */
const CLICK = 4

type Drag = { kind: 'draw'; anchorMs: number; x: number; moved: boolean } | { kind: 'from' } | { kind: 'until' }

export function useDragging({ chart, range, window, stepMin, limits, onChange }: Dragging) {
  const drag = useRef<Drag | null>(null)
  const stepMs = stepMin * MINUTE_MS
  const within = (ms: number) => Math.max(limits.fromMs, Math.min(limits.untilMs, ms))
  const at = (event: PointerEvent) => {
    const box = chart.current?.getBoundingClientRect()
    return box ? momentAt(range, box, event.clientX) : range.fromMs
  }
  const begin = (event: PointerEvent, next: Drag) => {
    if (event.button !== 0) return
    chart.current?.setPointerCapture(event.pointerId)
    drag.current = next
  }
  return {
    onHold: (edge: 'from' | 'until', event: PointerEvent) => {
      event.stopPropagation()
      begin(event, { kind: edge })
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.target instanceof Element && event.target.closest('a,button')) return
      begin(event, { kind: 'draw', anchorMs: at(event), x: event.clientX, moved: false })
    },
    onPointerMove: (event: PointerEvent) => {
      const { current } = drag
      if (!current) return
      const ms = at(event)
      if (current.kind === 'from') {
        onChange({ ...window, fromMs: within(Math.min(window.untilMs - stepMs, snap(ms, stepMin))) })
        return
      }
      if (current.kind === 'until') {
        onChange({ ...window, untilMs: within(Math.max(window.fromMs + stepMs, snap(ms, stepMin))) })
        return
      }
      if (!current.moved && Math.abs(event.clientX - current.x) < CLICK) return
      current.moved = true
      const fromMs = within(snap(Math.min(current.anchorMs, ms), stepMin))
      onChange({ fromMs, untilMs: within(Math.max(fromMs + stepMs, snap(Math.max(current.anchorMs, ms), stepMin))) })
    },
    onPointerUp: () => {
      const { current } = drag
      drag.current = null
      if (current?.kind !== 'draw' || current.moved) return
      const fromMs = within(snap(current.anchorMs, stepMin))
      onChange({ fromMs, untilMs: fromMs + (window.untilMs - window.fromMs) })
    },
    onPointerCancel: () => {
      drag.current = null
    },
  }
}
