'use client'
import { ChevronDown, ChevronRight, LoaderCircle } from 'lucide-react'
import { Fragment, useState } from 'react'
import { classes } from '../../components/classes'
import { endWords, lastLineOf, type RunLine } from '../../inside/run-table'
import { sizeWords } from './size-words'

/** What is drawn of one host's output; the download has all that came. */
const MOST_SHOWN = 100_000

const toneOf = ({ state, exitCode }: RunLine): string =>
  state === 'failed' || (state === 'ended' && exitCode !== 0)
    ? 'text-failed'
    : state === 'ended'
      ? 'text-running'
      : 'text-muted'

const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)

function Output({ line }: { line: RunLine }) {
  let room = MOST_SHOWN
  const pieces = line.output.flatMap(({ from, text }, at) => {
    const shown = text.slice(0, Math.max(0, room))
    room -= text.length
    return shown === '' ? [] : [{ from, shown, at }]
  })
  if (line.problem)
    return (
      <p className="whitespace-pre-wrap">
        {line.problem.message} <span className="text-muted">{line.problem.hint}</span>{' '}
        <code className="text-faint text-xs">{line.problem.code}</code>
      </p>
    )
  if (pieces.length === 0) return <p className="text-faint">It said nothing.</p>
  return (
    <>
      <pre className="whitespace-pre-wrap break-words font-mono text-xs">
        {pieces.map(({ from, shown, at }) => (
          <span key={at} className={from === 'stderr' ? 'text-changing' : undefined}>
            {shown}
          </span>
        ))}
      </pre>
      {(room < 0 || line.cut) && (
        <p className="pt-1 text-changing text-xs">
          {line.cut ? 'It said more than is kept of one host. ' : ''}
          {room < 0 ? 'More of it is in the download.' : ''}
        </p>
      )}
    </>
  )
}

/** A line a host; what it said opens below it. */
export function RunResults({ lines }: { lines: readonly RunLine[] }) {
  // One alone is open from the start.
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const isOpen = (host: string) => toggled.has(host) !== (lines.length === 1)
  const toggle = (host: string) =>
    setToggled((before) => {
      const next = new Set(before)
      if (!next.delete(host)) next.add(host)
      return next
    })
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
      tabIndex={0}
      aria-label="Results by host"
      className="min-h-0 flex-1 overflow-auto"
    >
      <table className="w-full text-xs tabular">
        <thead className="sticky top-0 bg-page text-left text-faint">
          <tr className="[&>th]:px-2 [&>th]:py-1 [&>th]:font-normal">
            <th>Host</th>
            <th>Ended</th>
            <th className="text-right max-sm:hidden">Took</th>
            <th className="text-right max-sm:hidden">Said</th>
            <th className="w-full max-sm:hidden">Last line</th>
          </tr>
        </thead>
        <tbody className="[&_td]:px-2 [&_td]:py-0.5">
          {lines.map((line) => (
            <Fragment key={line.host}>
              <tr className="border-line/60 border-t">
                <td className="whitespace-nowrap">
                  <button
                    type="button"
                    aria-expanded={isOpen(line.host)}
                    onClick={() => toggle(line.host)}
                    className="flex min-h-6 items-center gap-1 font-mono [&_svg]:size-3.5"
                  >
                    {isOpen(line.host) ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
                    {line.host}
                  </button>
                </td>
                <td className={classes('max-w-80 truncate', toneOf(line))} title={endWords(line)}>
                  {line.state === 'running' && (
                    <LoaderCircle className="mr-1 inline size-3 animate-spin motion-reduce:animate-none" aria-hidden />
                  )}
                  {endWords(line)}
                </td>
                <td className="whitespace-nowrap text-right max-sm:hidden">
                  {line.ms === null ? '' : duration(line.ms)}
                </td>
                <td className="whitespace-nowrap text-right max-sm:hidden">
                  {line.bytes > 0 ? sizeWords(line.bytes) : ''}
                </td>
                <td className="max-w-0 truncate font-mono text-muted max-sm:hidden">{lastLineOf(line)}</td>
              </tr>
              {isOpen(line.host) && (
                <tr>
                  <td colSpan={5} className="!px-7 !pb-2 bg-sunken/50">
                    <Output line={line} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  )
}
