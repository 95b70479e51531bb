'use client'
import { useReactFlow, useStore } from '@xyflow/react'
import { ListTree, Magnet, MapPin, Maximize, Minus, Plus, Redo2, Undo2, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { useIsDesk } from '../../browser/platform'
import { IconButton } from '../../components/button'
import { Tooltip } from '../../components/tooltip'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { useFit } from './use-fit'

const Group = ({ children }: { children: ReactNode }) => (
  <div className="flex items-center gap-0.5 border-r border-line px-1 last:border-0">{children}</div>
)

function Tool(props: {
  label: string
  keys?: string
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
  children: ReactNode
}) {
  const { label, keys, children, pressed, ...rest } = props
  return (
    <Tooltip text={label} {...(keys !== undefined && { keys })} side="top">
      <IconButton label={label} {...rest} {...(pressed !== undefined && { pressed })}>
        {children}
      </IconButton>
    </Tooltip>
  )
}

function LinkHint() {
  const { shown } = useWorkspace()
  const linkFrom = useShown((s) => s.linkFrom)
  if (!linkFrom) return null
  const { hosts, lans } = shown.topology
  const name = [...hosts, ...lans].find((t) => t.id === linkFrom.id)?.name
  return (
    <p role="status" className="mb-2 rounded-md border border-accent bg-raised px-3 py-1.5 text-sm shadow-float">
      Click what <strong className="font-medium">{name}</strong> shall be linked to, or drag from one to the other. Esc
      leaves it.
    </p>
  )
}

export function CanvasToolbar({ outline, setOutline }: { outline: boolean; setOutline: (open: boolean) => void }) {
  const { shown, view } = useWorkspace()
  const flow = useReactFlow()
  const desk = useIsDesk()
  const zoom = useStore((s) => Math.round(s.transform[2] * 100))
  const history = useShown((s) => s.history)
  const readOnly = useShown((s) => s.readOnly)
  const where = useView((v) => v.where)
  const placed = useView((v) => Object.values(v.status?.hosts ?? {}).some((h) => h.node !== null))
  const fit = useFit()
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 flex flex-col items-center *:pointer-events-auto">
      <LinkHint />
      <div
        role="toolbar"
        aria-label="Canvas"
        className="flex h-9 items-center rounded-lg border border-line bg-raised shadow-float"
      >
        {desk && (
          <Group>
            <Tool
              label={outline ? 'Hide the outline' : 'Show the outline'}
              pressed={outline}
              onClick={() => setOutline(!outline)}
            >
              <ListTree />
            </Tool>
          </Group>
        )}
        {!readOnly && desk && (
          <>
            <Group>
              <Tool
                label={`Undo${history.past.at(-1) ? `: ${history.past.at(-1)?.label}` : ''}`}
                keys="Mod+Z"
                disabled={history.past.length === 0}
                onClick={() => shown.undo()}
              >
                <Undo2 />
              </Tool>
              <Tool
                label={`Redo${history.future[0] ? `: ${history.future[0].label}` : ''}`}
                keys="Mod+Shift+Z"
                disabled={history.future.length === 0}
                onClick={() => shown.redo()}
              >
                <Redo2 />
              </Tool>
            </Group>
            <Group>
              <Tool
                label="Lay out"
                keys="Shift+L"
                onClick={() => {
                  shown.arrange('layout')
                  setTimeout(() => void fit(), 30)
                }}
              >
                <Workflow />
              </Tool>
              <Tool label="Align to the grid" keys="Shift+G" onClick={() => shown.arrange('grid')}>
                <Magnet />
              </Tool>
            </Group>
          </>
        )}
        <Group>
          <Tool label="Zoom out" keys="-" onClick={() => void flow.zoomOut({ duration: 100 })}>
            <Minus />
          </Tool>
          <Tooltip text="Zoom to 100 %" keys="0" side="top">
            <button
              type="button"
              aria-label={`Zoom is ${zoom} %; make it 100 %`}
              onClick={() => void flow.zoomTo(1, { duration: 100 })}
              className="h-7 w-12 rounded-md text-muted text-xs tabular hover:bg-hover hover:text-ink"
            >
              {zoom} %
            </button>
          </Tooltip>
          <Tool label="Zoom in" keys="+" onClick={() => void flow.zoomIn({ duration: 100 })}>
            <Plus />
          </Tool>
          <Tool label="Fit to the window" keys="F" onClick={() => void fit()}>
            <Maximize />
          </Tool>
        </Group>
        {placed && (
          <Group>
            <Tool label="Where does it run?" keys="W" pressed={where} onClick={() => view.set({ where: !where })}>
              <MapPin />
            </Tool>
          </Group>
        )}
      </div>
    </div>
  )
}
