// How do the events of a command on many hosts become the lines of a table? Pure: the same for the page and its download.
import type { Problem } from '@myvini/core/result'
import type { RunEvent } from '../server/inside/run'

export interface RunLine {
  host: string
  state: 'waiting' | 'running' | 'ended' | 'failed' | 'cancelled'
  output: { from: 'stdout' | 'stderr'; text: string }[]
  exitCode: number | null
  /** It said more than was kept. */
  cut: boolean
  late: boolean
  bytes: number
  ms: number | null
  problem: Problem | null
}

const waiting = (host: string): RunLine => ({
  ...{ host, state: 'waiting', output: [], exitCode: null, cut: false, late: false, bytes: 0, ms: null, problem: null },
})

function changed(line: RunLine, event: Exclude<RunEvent, { event: 'hosts' | 'done' }>): RunLine {
  switch (event.event) {
    case 'started':
      return { ...line, state: 'running' }
    case 'output': {
      const { from, text } = event
      const last = line.output.at(-1)
      // One piece for what came from one place in a row: a page need not hold a thousand.
      const output =
        last?.from === from
          ? [...line.output.slice(0, -1), { from, text: last.text + text }]
          : [...line.output, { from, text }]
      return { ...line, output, bytes: line.bytes + text.length }
    }
    case 'ended': {
      const { exitCode, cut, late, bytes, ms } = event
      return { ...line, state: 'ended', exitCode, cut, late, bytes, ms }
    }
    case 'failed':
      return { ...line, state: 'failed', problem: event.problem }
  }
}

export function takeEvents(lines: readonly RunLine[], events: readonly RunEvent[]): RunLine[] {
  let now = [...lines]
  for (const event of events) {
    if (event.event === 'hosts') now = event.hosts.map(({ name }) => waiting(name))
    else if (event.event !== 'done') now = now.map((line) => (line.host === event.host ? changed(line, event) : line))
  }
  return now
}

/** What had not ended when nobody listened any more was ended with it. */
export const cancelLines = (lines: readonly RunLine[]): RunLine[] =>
  lines.map((line) => (line.state === 'waiting' || line.state === 'running' ? { ...line, state: 'cancelled' } : line))

export function endWords({ state, exitCode, late, cut, problem }: RunLine): string {
  if (state === 'failed') return problem?.message ?? 'failed'
  if (state !== 'ended') return state
  const signal = exitCode !== null && exitCode > 128 ? `, signal ${exitCode - 128}` : ''
  return `exit ${exitCode}${late ? ', out of time' : signal}${cut ? ', output cut off' : ''}`
}

export const outputOf = (line: RunLine): string => line.output.map(({ text }) => text).join('')

export const lastLineOf = (line: RunLine): string => outputOf(line).slice(-400).trimEnd().split('\n').at(-1) ?? ''

/** All results as one text, to copy or keep. */
export function reportOf(command: string, lines: readonly RunLine[]): string {
  const parts = lines.map((line) => {
    const text = outputOf(line)
    const end = text === '' || text.endsWith('\n') ? '' : '\n'
    return `--- ${line.host}: ${endWords(line)}${line.ms === null ? '' : `, ${line.ms} ms`}\n${text}${end}`
  })
  return `$ ${command}\n${parts.join('')}`
}

export function summaryOf(lines: readonly RunLine[]): string {
  const count = (test: (line: RunLine) => boolean) => lines.filter(test).length
  const words = [
    [count((l) => l.state === 'waiting'), 'waiting'],
    [count((l) => l.state === 'running'), 'running'],
    [count((l) => l.state === 'ended' && l.exitCode === 0), 'ended well'],
    [count((l) => l.state === 'ended' && l.exitCode !== 0), 'ended with an error'],
    [count((l) => l.state === 'failed'), 'failed'],
    [count((l) => l.state === 'cancelled'), 'cancelled'],
  ] as const
  return words
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
}
