'use client'
import { INSIDE_LIMITS } from '@myvini/core/inside/request'
import { Download, Play, Square } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { download } from '../../browser/download'
import { Button } from '../../components/button'
import { CopyButton } from '../../components/copy-button'
import { Input, Select, TextArea } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { useCommandHistory } from '../../inside/command-history'
import { reportOf, summaryOf } from '../../inside/run-table'
import { useRun } from '../../inside/use-run'
import { useWorkspace } from '../workspace-context'
import { DockField } from './dock-field'
import { RunResults } from './run-results'
import { useRunningHosts } from './use-running-hosts'

type Who = 'all' | 'chosen' | 'host' | 'router'

/** One command line on many hosts at once. */
export function RunPanel() {
  const { slice } = useWorkspace()
  const { hosts, chosen } = useRunningHosts()
  const [wanted, setWanted] = useState<Who | null>(null)
  const [command, setCommand] = useState('')
  const [seconds, setSeconds] = useState('60')
  const [back, setBack] = useState(-1)
  const history = useCommandHistory()
  const run = useRun(slice.id)

  // Whoever has chosen hosts on the drawing means those.
  const who: Who =
    wanted === null || (wanted === 'chosen' && chosen.length === 0) ? (chosen.length > 0 ? 'chosen' : 'all') : wanted
  const groups: Record<Who, typeof hosts> = {
    all: hosts,
    chosen,
    host: hosts.filter((h) => h.kind === 'host'),
    router: hosts.filter((h) => h.kind === 'router'),
  }
  const limit = Number(seconds)
  const limitFine = Number.isInteger(limit) && limit >= 1 && limit <= INSIDE_LIMITS.seconds
  const ready = !run.busy && command.trim() !== '' && limitFine && groups[who].length > 0
  const go = () => {
    if (!ready) return
    history.remember(command)
    setBack(-1)
    void run.start({ hosts: groups[who].map((h) => h.id), command, seconds: limit })
  }
  const report = () => reportOf(run.asked?.command ?? '', run.lines)
  const walk = (step: number) => {
    const next = Math.max(-1, Math.min(history.commands.length - 1, back + step))
    setBack(next)
    setCommand(history.commands[next] ?? '')
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) go()
    else if (event.altKey && event.key === 'ArrowUp') walk(1)
    else if (event.altKey && event.key === 'ArrowDown') walk(-1)
    else return
    event.preventDefault()
  }
  if (hosts.length === 0)
    return (
      <p className="p-4 text-faint text-sm">Commands can be run on the hosts of a slice that runs. None is up now.</p>
    )
  return (
    <div className="flex h-full flex-col max-sm:overflow-y-auto">
      <form
        aria-label="Run on hosts"
        className="flex flex-wrap items-end gap-2 border-line border-b px-3 py-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (run.busy) run.cancel()
          else go()
        }}
      >
        <DockField label="On" className="w-44">
          {(id) => (
            <Select id={id} value={who} disabled={run.busy} onChange={(e) => setWanted(e.target.value as Who)}>
              <option value="all">All that run ({hosts.length})</option>
              <option value="chosen" disabled={chosen.length === 0}>
                Chosen on the drawing ({chosen.length})
              </option>
              <option value="host">Hosts ({groups.host.length})</option>
              <option value="router">Routers ({groups.router.length})</option>
            </Select>
          )}
        </DockField>
        <DockField
          className="min-w-56 flex-1"
          label={
            <>
              Command, run by each host’s shell{' '}
              <span className="max-sm:hidden">(Ctrl Enter runs it, Alt ↑ brings earlier ones)</span>
            </>
          }
        >
          {(id) => (
            <TextArea
              id={id}
              mono
              rows={1}
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
              className="!min-h-8 max-h-40 [field-sizing:content]"
              placeholder="ip -br address"
              value={command}
              onChange={(e) => setCommand(e.target.value)}
              onKeyDown={onKey}
            />
          )}
        </DockField>
        {history.commands.length > 0 && (
          <DockField label="Earlier" className="w-32">
            {(id) => (
              <Select
                id={id}
                value=""
                onChange={(e) => {
                  if (e.target.value === 'forget') history.forget()
                  else setCommand(history.commands[Number(e.target.value)] ?? '')
                }}
              >
                <option value="" disabled>
                  Choose
                </option>
                {history.commands.map((earlier, at) => (
                  <option key={earlier} value={at}>
                    {earlier.slice(0, 80)}
                  </option>
                ))}
                <option value="forget">Forget all of these</option>
              </Select>
            )}
          </DockField>
        )}
        <DockField label="At most" className="w-24">
          {(id) => (
            <Input
              id={id}
              mono
              unit="s"
              inputMode="numeric"
              autoComplete="off"
              disabled={run.busy}
              aria-invalid={!limitFine || undefined}
              title={`1 to ${INSIDE_LIMITS.seconds} seconds; then it is ended`}
              value={seconds}
              onChange={(e) => setSeconds(e.target.value)}
            />
          )}
        </DockField>
        <Button
          type="submit"
          variant={run.busy ? 'plain' : 'primary'}
          icon={run.busy ? <Square /> : <Play />}
          disabled={!run.busy && !ready}
        >
          {run.busy ? 'Cancel' : 'Run'}
        </Button>
        {run.asked && run.lines.length > 0 && (
          <>
            <CopyButton text={report} what="all results" />
            <Button
              icon={<Download />}
              onClick={() => download(`${slice.name}-results.txt`, report(), 'text/plain;charset=utf-8')}
            >
              Download
            </Button>
          </>
        )}
        <p role="status" className="w-full text-muted text-sm tabular empty:hidden">
          {limitFine ? summaryOf(run.lines) : `The time is 1 to ${INSIDE_LIMITS.seconds} seconds.`}
        </p>
      </form>
      {run.problem && (
        <div className="p-3">
          <ProblemNote problem={run.problem} />
        </div>
      )}
      {run.lines.length > 0 ? (
        <RunResults lines={run.lines} />
      ) : (
        !run.problem && (
          <p className="p-4 text-faint text-sm">
            {run.busy
              ? 'Asking the nodes.'
              : 'What each host says, how it ended and how long it took appears here. At most 1 MiB is kept of each.'}
          </p>
        )
      )}
    </div>
  )
}
