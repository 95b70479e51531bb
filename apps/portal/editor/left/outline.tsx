'use client'
import type { Topology } from '@myvini/core/topology/topology'
import { Cable, DoorOpen, Monitor, RectangleEllipsis, Router, Search } from 'lucide-react'
import { type KeyboardEvent, memo, type ReactNode, useDeferredValue, useMemo, useState } from 'react'
import { classes } from '../../components/classes'
import { ToneMark } from '../../components/state-pill'
import { useThingLook } from '../canvas/thing-look'
import type { ThingKey } from '../model/selection'
import { useShown, useWorkspace } from '../workspace-context'

interface Row {
  key: ThingKey
  kind: 'host' | 'lan' | 'link'
  id: string
  name: string
}

interface Group {
  title: string
  icon: ReactNode
  rows: Row[]
}

const byName = (a: Row, b: Row) => a.name.localeCompare(b.name, 'en', { numeric: true })

function groupsOf(topology: Topology, query: string): Group[] {
  const names = new Map<string, string>([...topology.hosts, ...topology.lans].map((t) => [t.id, t.name]))
  const hosts = (kind: 'host' | 'router' | 'gateway') =>
    topology.hosts
      .filter((h) => h.kind === kind)
      .map((h): Row => ({ key: `host:${h.id}`, kind: 'host', id: h.id, name: h.name }))
  const links = topology.links.map(
    (l): Row => ({
      key: `link:${l.id}`,
      kind: 'link',
      id: l.id,
      name: l.ends.map((e) => names.get(e.kind === 'lan' ? e.lan : e.host) ?? '?').join('–'),
    }),
  )
  const lans = topology.lans.map((l): Row => ({ key: `lan:${l.id}`, kind: 'lan', id: l.id, name: l.name }))
  return [
    { title: 'Routers', icon: <Router aria-hidden />, rows: hosts('router') },
    { title: 'Gateways', icon: <DoorOpen aria-hidden />, rows: hosts('gateway') },
    { title: 'Hosts', icon: <Monitor aria-hidden />, rows: hosts('host') },
    { title: 'LANs', icon: <RectangleEllipsis aria-hidden />, rows: lans },
    { title: 'Links', icon: <Cable aria-hidden />, rows: links },
  ]
    .map((g) => ({ ...g, rows: g.rows.filter((r) => r.name.includes(query)).toSorted(byName) }))
    .filter((g) => g.rows.length > 0)
}

const Line = memo(function Line({ row, selected }: { row: Row; selected: boolean }) {
  const { shown, focusOn, openTerminal } = useWorkspace()
  const look = useThingLook(row.kind, row.id)
  return (
    <button
      type="button"
      data-line
      aria-pressed={selected}
      onClick={(event) => {
        const { selection } = shown.get()
        if (event.shiftKey || event.metaKey || event.ctrlKey) {
          const next = new Set(selection)
          if (!next.delete(row.key)) next.add(row.key)
          shown.select(next)
        } else focusOn(row)
      }}
      onDoubleClick={() => row.kind === 'host' && openTerminal(row.id)}
      className={classes(
        'flex h-6.5 w-full items-center gap-1.5 rounded-sm px-2 text-left text-sm [content-visibility:auto]',
        selected ? 'bg-accent-soft text-accent-ink' : 'hover:bg-hover',
      )}
    >
      <span className="min-w-0 flex-1 truncate">{row.name || '(no name)'}</span>
      {look.problem && (
        <span className={look.problem === 'error' ? 'text-failed' : 'text-changing'}>
          <ToneMark tone={look.problem === 'error' ? 'failed' : 'changing'} />
          <span className="sr-only">{look.problem}</span>
        </span>
      )}
      {look.tone && (
        <span className={`mv-tone mv-tone-${look.tone}`} title={look.word ?? undefined}>
          <ToneMark tone={look.tone} />
        </span>
      )}
    </button>
  )
})

/** Arrows go from line to line; what has the focus is shown on the canvas by Enter. */
function move(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  event.preventDefault()
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-line]')]
  const at = lines.indexOf(document.activeElement as HTMLElement) // -1 when it is none of them
  lines[Math.max(0, Math.min(lines.length - 1, at + step))]?.focus()
}

/** The drawing as a list: for large ones, for the keyboard, and for screen readers. */
export function Outline() {
  const topology = useDeferredValue(useShown((s) => s.history.present))
  const selection = useShown((s) => s.selection)
  const [query, setQuery] = useState('')
  const groups = useMemo(() => groupsOf(topology, query.trim().toLowerCase()), [topology, query])
  const empty = topology.hosts.length + topology.lans.length === 0
  return (
    <section aria-label="Outline" className="flex min-h-0 flex-1 flex-col">
      <div className="relative border-b border-line">
        <Search className="pointer-events-none absolute top-2.5 left-2.5 size-3.5 text-faint" aria-hidden />
        <input
          type="search"
          aria-label="Find in the drawing"
          placeholder="Find"
          value={query}
          onChange={(e) => setQuery(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Escape') setQuery('')
          }}
          className="h-8.5 w-full bg-transparent pr-2 pl-8 text-sm placeholder:text-faint focus-visible:outline-offset-[-2px]"
        />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move among the buttons inside */}
      <div className="min-h-0 flex-1 overflow-y-auto p-1" onKeyDown={move}>
        {groups.map((group) => (
          <section key={group.title} className="mb-1.5">
            <h2 className="flex items-center gap-1.5 px-2 py-1 font-medium text-faint text-xs [&_svg]:size-3.5">
              {group.icon}
              {group.title}
              <span className="ml-auto font-normal tabular">{group.rows.length}</span>
            </h2>
            {group.rows.map((row) => (
              <Line key={row.key} row={row} selected={selection.has(row.key)} />
            ))}
          </section>
        ))}
        {groups.length === 0 && (
          <p className="px-2 py-3 text-faint text-xs">
            {empty ? 'What you draw is listed here.' : 'Nothing is called that.'}
          </p>
        )}
      </div>
    </section>
  )
}
