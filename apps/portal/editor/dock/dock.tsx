'use client'
import { ChevronDown, ChevronUp, SquareTerminal, X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { IconButton } from '../../components/button'
import { classes } from '../../components/classes'
import { RenameInPlace } from '../../components/rename-in-place'
import { useShown, useWorkspace } from '../workspace-context'
import { CapturePanel } from './capture-panel'
import { EventsPanel } from './events-panel'
import { FilesPanel } from './files-panel'
import { ProblemsPanel } from './problems-panel'
import { RunPanel } from './run-panel'
import { SubstratePanel } from './substrate-panel'
import { TerminalPanel } from './terminal-panel'
import type { Terminals, TerminalTab } from './use-terminals'

const HEIGHT_KEY = 'myvini.dock-height'
const HEIGHT = { least: 120, start: 260 }

function useHeight() {
  const [height, setHeight] = useState(() => Number(localStorage.getItem(HEIGHT_KEY)) || HEIGHT.start)
  const set = (wanted: number) => {
    const next = Math.round(Math.max(HEIGHT.least, Math.min(window.innerHeight * 0.75, wanted)))
    setHeight(next)
    localStorage.setItem(HEIGHT_KEY, String(next))
  }
  return [height, set] as const
}

const tabLook = (active: boolean) =>
  classes(
    'flex h-full shrink-0 items-center gap-1.5 border-b-2 px-2.5 text-sm focus-visible:outline-offset-[-2px] [&_svg]:size-3.5',
    active ? 'border-accent font-medium text-ink' : 'border-transparent text-muted hover:text-ink',
  )

/** One of those that are always there; pressed again, it closes the dock. */
function FixedTab({ id, terminals, children }: { id: string; terminals: Terminals; children: ReactNode }) {
  const { open, active } = terminals
  const shown = open && active === id
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${id}`}
      aria-selected={active === id}
      aria-controls={`panel-${id}`}
      tabIndex={active === id ? 0 : -1}
      onClick={() => (shown ? terminals.setOpen(false) : terminals.show(id))}
      className={tabLook(shown)}
    >
      {children}
    </button>
  )
}

function FixedPanel(props: { id: string; active: string; scrolls?: boolean; children: ReactNode }) {
  const { id, active, scrolls, children } = props
  return (
    <div
      role="tabpanel"
      id={`panel-${id}`}
      aria-labelledby={`tab-${id}`}
      hidden={active !== id}
      className={classes('h-full', scrolls && 'overflow-y-auto')}
    >
      {children}
    </div>
  )
}

function TerminalTabButton({ tab, active, terminals }: { tab: TerminalTab; active: boolean; terminals: Terminals }) {
  const [renaming, setRenaming] = useState(false)
  if (renaming)
    return (
      <span className="w-36 self-center px-1">
        <RenameInPlace
          name={tab.title}
          label="Name of the terminal"
          onDone={(title) => {
            setRenaming(false)
            if (title !== null) terminals.rename(tab.id, title)
          }}
        />
      </span>
    )
  return (
    <span className="flex h-full items-center">
      <button
        type="button"
        role="tab"
        id={`tab-${tab.id}`}
        aria-selected={active}
        aria-controls={`panel-${tab.id}`}
        tabIndex={active ? 0 : -1}
        title="Double-click to rename, Delete to close"
        aria-keyshortcuts="Delete"
        onKeyDown={(event) => {
          if (event.key !== 'Delete') return
          // What is selected on the canvas is not meant.
          event.preventDefault()
          terminals.close(tab.id)
        }}
        onClick={() => terminals.show(tab.id)}
        onDoubleClick={() => setRenaming(true)}
        className={classes(tabLook(active), 'pr-1')}
      >
        <SquareTerminal aria-hidden />
        <span className="max-w-40 truncate font-mono">{tab.title}</span>
      </button>
      {/* A list of tabs holds tabs only (WAI-ARIA): for the mouse this is a way, for the keyboard Delete is. */}
      <IconButton
        label={`Close ${tab.title}`}
        className="!size-6"
        aria-hidden
        tabIndex={-1}
        onClick={() => terminals.close(tab.id)}
      >
        <X className="!size-3.5" />
      </IconButton>
    </span>
  )
}

function onTabKey(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (step === 0) return
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')]
  const at = tabs.indexOf(event.target as HTMLElement) // -1 when it is none of them
  const next = tabs[(at + step + tabs.length) % tabs.length]
  if (at < 0 || !next) return
  event.preventDefault()
  next.focus()
  next.click()
}

/** Below the drawing: what is wrong, what happened, and terminals. It is dragged up by its edge. */
export function Dock({ terminals }: { terminals: Terminals }) {
  const { slice } = useWorkspace()
  const problems = useShown((s) => s.problems)
  const [height, setHeight] = useHeight()
  const drag = useRef<{ y: number; height: number } | null>(null)
  const { open, active, tabs } = terminals
  const errors = problems.filter((p) => p.severity === 'error').length
  const panelShown = (id: string) => open && active === id
  // A capture, a command or an upload goes on while another tab is looked at.
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (open) setSeen((before) => (before.has(active) ? before : new Set([...before, active])))
  }, [open, active])

  const resize = (event: PointerEvent<HTMLElement>) => {
    if (drag.current) setHeight(drag.current.height + drag.current.y - event.clientY)
  }
  return (
    <section aria-label="Dock" className="relative flex shrink-0 flex-col border-t border-line bg-page">
      {open && (
        // biome-ignore lint/a11y/useSemanticElements: <hr> cannot be dragged
        <div
          role="separator"
          tabIndex={0}
          aria-orientation="horizontal"
          aria-label="Height of the dock"
          aria-valuenow={height}
          aria-valuemin={HEIGHT.least}
          className="-top-1 absolute inset-x-0 z-10 h-2 cursor-row-resize touch-none hover:bg-accent/30"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            drag.current = { y: event.clientY, height }
          }}
          onPointerMove={resize}
          onPointerUp={() => {
            drag.current = null
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowUp') setHeight(height + 20)
            if (event.key === 'ArrowDown') setHeight(height - 20)
          }}
        />
      )}
      <div className="flex h-9 items-center border-b border-line pr-1.5">
        <div
          role="tablist"
          aria-label="Dock"
          className="flex h-full min-w-0 flex-1 overflow-x-auto overflow-y-hidden"
          onKeyDown={onTabKey}
        >
          <FixedTab id="problems" terminals={terminals}>
            Problems
            {problems.length > 0 && (
              <span
                className={classes(
                  'rounded-full px-1.5 text-xs tabular',
                  errors > 0 ? 'bg-failed-soft text-failed' : 'bg-changing-soft text-changing',
                )}
              >
                {problems.length}
              </span>
            )}
          </FixedTab>
          <FixedTab id="events" terminals={terminals}>
            Events
          </FixedTab>
          <FixedTab id="substrate" terminals={terminals}>
            Substrate
          </FixedTab>
          <FixedTab id="capture" terminals={terminals}>
            Capture
          </FixedTab>
          <FixedTab id="run" terminals={terminals}>
            Run
          </FixedTab>
          <FixedTab id="files" terminals={terminals}>
            Files
          </FixedTab>
          {tabs.map((tab) => (
            <TerminalTabButton key={tab.id} tab={tab} active={panelShown(tab.id)} terminals={terminals} />
          ))}
        </div>
        <IconButton
          label={open ? 'Close the dock' : 'Open the dock'}
          aria-expanded={open}
          onClick={() => terminals.setOpen(!open)}
        >
          {open ? <ChevronDown /> : <ChevronUp />}
        </IconButton>
      </div>
      <div hidden={!open} style={{ height: open ? `min(${height}px, 75dvh)` : 0 }} className="min-h-0">
        <FixedPanel id="problems" active={active} scrolls>
          <ProblemsPanel />
        </FixedPanel>
        <FixedPanel id="events" active={active} scrolls>
          {panelShown('events') && <EventsPanel sliceId={slice.id} />}
        </FixedPanel>
        <FixedPanel id="substrate" active={active}>
          {panelShown('substrate') && <SubstratePanel height={height} />}
        </FixedPanel>
        <FixedPanel id="capture" active={active}>
          {seen.has('capture') && <CapturePanel />}
        </FixedPanel>
        <FixedPanel id="run" active={active}>
          {seen.has('run') && <RunPanel />}
        </FixedPanel>
        <FixedPanel id="files" active={active}>
          {seen.has('files') && <FilesPanel />}
        </FixedPanel>
        {tabs.map((tab) => (
          <div
            key={tab.id}
            role="tabpanel"
            id={`panel-${tab.id}`}
            aria-labelledby={`tab-${tab.id}`}
            hidden={active !== tab.id}
            className="h-full"
          >
            <TerminalPanel
              sliceId={slice.id}
              tab={tab}
              visible={panelShown(tab.id)}
              again={() => terminals.again(tab.id)}
              close={() => terminals.close(tab.id)}
            />
          </div>
        ))}
      </div>
    </section>
  )
}
