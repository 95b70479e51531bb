'use client'
import { CaptureLimits } from '@myvini/core/desired/capture'
import { endName, graphOf, linkName } from '@myvini/core/topology/graph'
import { Download, Play, Square } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { downloadBlob } from '../../browser/download'
import type { CaptureState } from '../../capture/capture-link'
import { type PacketLine, useCapture } from '../../capture/use-capture'
import { Button } from '../../components/button'
import { Input, Select } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { DockField } from './dock-field'

const CELL = 'px-2 py-0.5 align-top'

/** HH:MM:SS and microseconds, in the time of whoever looks. */
const clock = (atMs: number): string => {
  const at = new Date(atMs)
  const two = (n: number) => String(n).padStart(2, '0')
  const micros = String(Math.floor((atMs % 1000) * 1000)).padStart(6, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${micros}`
}

function Packets({ lines }: { lines: readonly PacketLine[] }) {
  const box = useRef<HTMLElement>(null)
  const follows = useRef(true)
  const lastTop = useRef(0)
  useEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
      tabIndex={0}
      aria-label="Captured packets"
      className="min-h-0 flex-1 overflow-auto"
      onScroll={({ currentTarget: c }) => {
        // Lines that come meanwhile make the end further away; only whoever scrolls up means it.
        if (c.scrollTop + c.clientHeight > c.scrollHeight - 40) follows.current = true
        else if (c.scrollTop < lastTop.current) follows.current = false
        lastTop.current = c.scrollTop
      }}
    >
      <table className="w-full min-w-[720px] font-mono text-xs tabular">
        <thead className="sticky top-0 bg-page text-left text-faint">
          <tr className="[&>th]:px-2 [&>th]:py-1 [&>th]:font-normal">
            <th className="text-right">No.</th>
            <th>Time</th>
            <th>
              <span className="sr-only">Direction</span>
            </th>
            <th>Source</th>
            <th>Destination</th>
            <th>Protocol</th>
            <th className="text-right">Length</th>
            <th>Summary</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.number} className="border-line/60 border-t">
              <td className={`${CELL} text-right text-faint`}>{line.number}</td>
              <td className={`${CELL} whitespace-nowrap`}>{clock(line.atMs)}</td>
              <td className={CELL} title={line.direction === 'in' ? 'to the host' : 'from the host'}>
                {line.direction === 'in' ? '←' : '→'}
              </td>
              <td className={`${CELL} whitespace-nowrap`}>{line.source}</td>
              <td className={`${CELL} whitespace-nowrap`}>{line.destination}</td>
              <td className={CELL}>{line.protocol}</td>
              <td className={`${CELL} text-right`}>{line.length}</td>
              <td className={`${CELL} w-full`}>{line.summary}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const wordsOf = (state: CaptureState | null, packets: number, lost: number): string => {
  if (state === null) return ''
  if (state.kind === 'starting') return 'Starting'
  const count = `${packets} packet${packets === 1 ? '' : 's'}${lost > 0 ? `, ${lost} lost` : ''}`
  return state.kind === 'running' ? `Capturing: ${count}` : `Ended: ${count}`
}

/** What passes one end of a link, live. */
export function CapturePanel() {
  const { slice } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const chosen = useShown((s) => [...s.selection][0])
  const links = useView((v) => v.status?.links)
  const graph = useMemo(() => graphOf(topology), [topology])
  const running = topology.links.filter((l) => links?.[l.id]?.state === 'up')
  const [linkId, setLinkId] = useState<string | null>(null)
  const [end, setEnd] = useState<'a' | 'b'>('a')
  const [figures, setFigures] = useState({
    leastBytes: '',
    mostBytes: '',
    snapBytes: '256',
    packets: '10000',
    every: '1',
  })
  const run = useCapture()
  const link = running.find((l) => l.id === linkId) ?? running.find((l) => l.id === chosen) ?? running[0]
  const given = Object.fromEntries(Object.entries(figures).filter(([, value]) => value.trim() !== ''))
  const limits = CaptureLimits.safeParse(given)
  const wrong = limits.success ? null : limits.error.issues[0]
  const busy = run.state?.kind === 'starting' || run.state?.kind === 'running'
  const problem = run.state?.kind === 'ended' ? run.state.problem : null
  const number = (key: keyof typeof figures, label: string, placeholder?: string) => (
    <DockField label={label} className="min-w-0 w-20">
      {(id) => (
        <Input
          id={id}
          mono
          inputMode="numeric"
          autoComplete="off"
          placeholder={placeholder}
          disabled={busy}
          aria-invalid={wrong?.path[0] === key || undefined}
          value={figures[key]}
          onChange={(e) => setFigures((before) => ({ ...before, [key]: e.target.value }))}
        />
      )}
    </DockField>
  )
  if (!link)
    return (
      <p className="p-4 text-faint text-sm">
        Packets can be captured on every link of a slice that runs. None is up now.
      </p>
    )
  return (
    <div className="flex h-full flex-col">
      <form
        aria-label="Capture"
        className="flex flex-wrap items-end gap-2 border-line border-b px-3 py-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (busy) run.stop()
          else if (limits.success) run.start({ sliceId: slice.id, linkId: link.id, end }, limits.data)
        }}
      >
        <DockField label="Link" className="min-w-0 w-40">
          {(id) => (
            <Select id={id} value={link.id} disabled={busy} onChange={(e) => setLinkId(e.target.value)}>
              {running.map((l) => (
                <option key={l.id} value={l.id}>
                  {linkName(graph, l)}
                </option>
              ))}
            </Select>
          )}
        </DockField>
        <DockField label="Interface" className="min-w-0 w-36">
          {(id) => (
            <Select id={id} value={end} disabled={busy} onChange={(e) => setEnd(e.target.value === 'a' ? 'a' : 'b')}>
              <option value="a">{endName(graph, link.ends[0])}</option>
              <option value="b">{endName(graph, link.ends[1])}</option>
            </Select>
          )}
        </DockField>
        {number('leastBytes', 'From, bytes', 'any')}
        {number('mostBytes', 'To, bytes', 'any')}
        {number('snapBytes', 'Keep, bytes')}
        {number('packets', 'At most')}
        {number('every', 'One in', 'all')}
        <Button
          type="submit"
          variant={busy ? 'plain' : 'primary'}
          icon={busy ? <Square /> : <Play />}
          disabled={!busy && !limits.success}
        >
          {busy ? 'Stop' : 'Start'}
        </Button>
        <Button
          icon={<Download />}
          disabled={run.packets === 0}
          onClick={() => downloadBlob(`${slice.name}-${linkName(graph, link)}.pcapng`, run.file())}
        >
          Download
        </Button>
        <p role="status" className="min-w-0 self-center pt-3 text-muted text-sm tabular">
          {wrong ? (
            <span className="text-failed">{`${String(wrong.path[0])}: ${wrong.message}`}</span>
          ) : (
            wordsOf(run.state, run.packets, run.lost)
          )}
        </p>
      </form>
      {problem && (
        <div className="p-3">
          <ProblemNote problem={problem} />
        </div>
      )}
      {run.lines.length > 0 ? (
        <Packets lines={run.lines} />
      ) : (
        !problem && (
          <p className="p-4 text-faint text-sm">
            {busy
              ? 'Nothing has passed yet.'
              : 'Start, and packets appear here as they pass. The download opens in Wireshark.'}
          </p>
        )
      )}
    </div>
  )
}
