'use client'
import { AArrowDown, AArrowUp, CircleDot, RotateCw } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { useNow } from '../../browser/time'
import { Button, IconButton } from '../../components/button'
import { pathTo } from '../../paths'
import type { LinkState } from '../../terminal/terminal-link'
import type { TerminalHandle } from '../../terminal/terminal-view'
import type { TerminalTab } from './use-terminals'

const TerminalView = dynamic(() => import('../../terminal/terminal-view'), { ssr: false })

const FONT_KEY = 'myvini.terminal-font'
const FONT = { least: 9, most: 24, start: 13 }

interface TerminalPanelProps {
  sliceId: string
  tab: TerminalTab
  visible: boolean
  again: () => void
  close: () => void
}

function StateLine(props: { state: LinkState; retry: () => void; again: () => void; close: () => void }) {
  const { state, retry, again, close } = props
  useNow()
  if (state.kind === 'open') return null
  const box = 'flex flex-wrap items-center gap-2 border-b border-line px-3 py-1 text-sm'
  switch (state.kind) {
    case 'connecting':
      return (
        <p role="status" className={`${box} text-muted`}>
          Connecting
        </p>
      )
    case 'lost':
      return (
        <div role="status" className={`${box} bg-changing-soft`}>
          The connection is lost. It is tried again by itself; the session is kept on the node.
          <Button size="small" icon={<RotateCw />} onClick={retry}>
            Try now
          </Button>
        </div>
      )
    case 'ended':
      return (
        <div role="status" className={`${box} bg-sunken`}>
          The shell has ended{state.exitCode === '' || state.exitCode === '0' ? '' : ` with ${state.exitCode}`}.
          <Button size="small" onClick={again}>
            Open again
          </Button>
          <Button size="small" variant="quiet" onClick={close}>
            Close
          </Button>
        </div>
      )
    case 'refused':
      return (
        <div role="alert" className={`${box} bg-failed-soft`}>
          <span>
            {state.problem.message} <span className="text-muted">{state.problem.hint}</span>{' '}
            <code className="font-mono text-faint text-xs">{state.problem.code}</code>
          </span>
          <Button size="small" onClick={retry}>
            Try again
          </Button>
          <Button size="small" variant="quiet" onClick={close}>
            Close
          </Button>
        </div>
      )
  }
}

export function TerminalPanel({ sliceId, tab, visible, again, close }: TerminalPanelProps) {
  const [state, setState] = useState<LinkState>({ kind: 'connecting' })
  const [recorded, setRecorded] = useState(false)
  const [fontSize, setFontSize] = useState(() => Number(localStorage.getItem(FONT_KEY)) || FONT.start)
  // Tabs that were open before a reload connect when they are looked at.
  const [wanted, setWanted] = useState(visible)
  const handle = useRef<TerminalHandle | null>(null)
  useEffect(() => {
    if (visible) setWanted(true)
  }, [visible])
  const changeFont = (change: 1 | -1) => {
    const next = Math.max(FONT.least, Math.min(FONT.most, fontSize + change))
    setFontSize(next)
    localStorage.setItem(FONT_KEY, String(next))
  }
  return (
    <div className="relative flex h-full flex-col">
      <StateLine state={state} retry={() => handle.current?.retryNow()} again={again} close={close} />
      {recorded && (
        <p
          role="status"
          className="flex flex-wrap items-center gap-x-2 border-line border-b bg-changing-soft px-3 py-1 text-sm"
        >
          <CircleDot className="size-3.5 text-failed" aria-hidden />
          This terminal is recorded for the instructor of the lab: what it shows, not what you type.
          <Link href={pathTo.sliceRecordings(sliceId)} className="underline">
            Your recordings
          </Link>
        </p>
      )}
      <div className="min-h-0 flex-1 pt-1">
        {wanted && (
          <TerminalView
            key={tab.id}
            place={{ sliceId, hostId: tab.hostId, session: tab.id }}
            label={`Terminal of ${tab.title}`}
            visible={visible}
            fontSize={fontSize}
            onFontSize={changeFont}
            onState={(next) => {
              // A new connection may be one that is not recorded any more.
              if (next.kind === 'connecting') setRecorded(false)
              setState(next)
            }}
            onRecorded={() => setRecorded(true)}
            onLeave={() => document.getElementById(`tab-${tab.id}`)?.focus()}
            handle={handle}
          />
        )}
      </div>
      <div className="absolute right-4 bottom-1.5 flex rounded-md border border-line bg-raised opacity-40 focus-within:opacity-100 hover:opacity-100">
        <IconButton label="Smaller text" onClick={() => changeFont(-1)}>
          <AArrowDown />
        </IconButton>
        <IconButton label="Larger text" onClick={() => changeFont(1)}>
          <AArrowUp />
        </IconButton>
      </div>
    </div>
  )
}
