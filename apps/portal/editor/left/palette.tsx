'use client'
import { DoorOpen, Monitor, RectangleEllipsis, Router } from 'lucide-react'
import { type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { Keys } from '../../components/keys'
import { Tooltip } from '../../components/tooltip'
import type { Point, Shape } from '../model/geometry'
import { useDropPoint, useMiddle } from '../use-viewport'
import { useWorkspace } from '../workspace-context'

interface Kind {
  shape: Shape
  label: string
  about: string
  keys: string
  icon: ReactNode
}

const KINDS: readonly Kind[] = [
  { shape: 'host', label: 'Host', about: 'Runs your programs', keys: 'H', icon: <Monitor aria-hidden /> },
  { shape: 'router', label: 'Router', about: 'Forwards between links', keys: 'R', icon: <Router aria-hidden /> },
  {
    shape: 'gateway',
    label: 'Gateway',
    about: 'Leads to the outside, where the policy allows it',
    keys: 'G',
    icon: <DoorOpen aria-hidden />,
  },
  {
    shape: 'lan',
    label: 'LAN',
    about: 'One Ethernet that several share',
    keys: 'L',
    icon: <RectangleEllipsis aria-hidden />,
  },
]

/** A press that stays within this many pixels is a click. */
const SLOP = 5

function Item({ kind }: { kind: Kind }) {
  const { shown } = useWorkspace()
  const middle = useMiddle()
  const dropPoint = useDropPoint()
  const start = useRef<Point | null>(null)
  const dragged = useRef(false)
  const [ghost, setGhost] = useState<Point | null>(null)

  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return
    start.current = { x: event.clientX, y: event.clientY }
    dragged.current = false
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent) => {
    const from = start.current
    if (!from) return
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLOP) dragged.current = true
    if (dragged.current) setGhost({ x: event.clientX, y: event.clientY })
  }
  const onPointerUp = (event: PointerEvent) => {
    start.current = null
    if (!dragged.current) return
    setGhost(null)
    const at = dropPoint({ x: event.clientX, y: event.clientY })
    if (at) shown.add(kind.shape, at)
  }
  return (
    <>
      <Tooltip text={`${kind.about}. Drag it onto the canvas, or click.`} keys={kind.keys} side="right">
        <button
          type="button"
          aria-label={`Add a ${kind.label}`}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerCancel={() => {
            start.current = null
            setGhost(null)
          }}
          onClick={() => {
            // A drag ends with a click as well; only a press that stayed counts, or a key.
            if (!dragged.current) shown.add(kind.shape, middle())
            dragged.current = false
          }}
          className="flex h-16 flex-1 touch-none flex-col items-center justify-center gap-1 rounded-md border border-line bg-raised text-xs hover:border-line-strong hover:bg-hover [&_svg]:size-5 [&_svg]:stroke-[1.75] [&_svg]:text-muted"
        >
          {kind.icon}
          {kind.label}
        </button>
      </Tooltip>
      {ghost &&
        createPortal(
          <div
            aria-hidden
            style={{ left: ghost.x, top: ghost.y }}
            className="-translate-x-1/2 -translate-y-1/2 pointer-events-none fixed z-50 flex items-center gap-2 rounded-md border border-accent bg-raised px-3 py-2 text-sm shadow-float [&_svg]:size-5"
          >
            {kind.icon}
            {kind.label}
          </div>,
          document.body,
        )}
    </>
  )
}

export function Palette() {
  return (
    <section aria-label="Palette" className="border-b border-line p-2">
      <div className="flex gap-1.5">
        {KINDS.map((kind) => (
          <Item key={kind.shape} kind={kind} />
        ))}
      </div>
      <p className="mt-1.5 flex items-center justify-between px-0.5 text-faint text-xs">
        To link, drag from an edge <Keys keys="C" />
      </p>
    </section>
  )
}
