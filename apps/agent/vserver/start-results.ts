// What became of what a virtual host does when it starts? Two files inside it tell; they are read as somebody at a terminal
// would read them, never through a path of the node, where links that its root has made would lead out.
import { execFile } from 'node:child_process'
import type { StartUpReport } from '@myvini/core/desired/report'
import { commandMark, MOST_OUTPUT_BYTES, START_LOG, START_RESULTS } from './start-up'

/** Of each command, and of all of a host's together: reports of a thousand hosts travel at once. */
const MOST_SAID_CHARS = 500
const MOST_ALL_CHARS = 4000
const READ_WITHIN_MS = 5000

const RESULT = /^(?:(done)|(file|command) (\d{1,2}) (-|\d{1,3}))$/

/** What each command said last; marks that a command writes itself deceive only those who wrote it. */
function outputs(log: string, count: number): string[] {
  const starts = Array.from({ length: count }, (_, at) => log.indexOf(`${commandMark(at)}\n`))
  const most = Math.min(MOST_SAID_CHARS, Math.floor(MOST_ALL_CHARS / Math.max(1, count)))
  return starts.map((start, at) => {
    if (start < 0) return ''
    const end = starts.slice(at + 1).find((next) => next > start) ?? log.length
    const said = log.slice(start + commandMark(at).length + 1, end).replace(/[^\t\n\x20-\x7e\xa0-\uffff]/g, '')
    return said.slice(-most).trim()
  })
}

/** From the two files' texts; lines that are none of ours are passed over. */
export function parseStartUp(results: string, log: string): StartUpReport {
  const files = new Set<number>()
  const codes = new Map<number, number | null>()
  let done = false
  for (const line of results.split('\n')) {
    const [, end, kind, place, code] = RESULT.exec(line) ?? []
    const at = Number(place)
    if (end) done = true
    else if (kind === 'file' && at < 64) files.add(at)
    else if (kind === 'command' && at < 64) codes.set(at, code === '-' ? null : Math.min(255, Number(code)))
  }
  let count = 0
  while (codes.has(count)) count++
  const said = outputs(log, count)
  return {
    done,
    files: [...files].toSorted((a, b) => a - b),
    commands: said.map((output, at) => ({ code: codes.get(at) ?? null, output })),
  }
}

const BETWEEN = '\n[start-up log]\n'
const READ = `head -c 16384 ${START_RESULTS}; printf '${BETWEEN.replaceAll('\n', '\\n')}'; head -c ${MOST_OUTPUT_BYTES} ${START_LOG}`

/** `enter`: what `trellis enter` is called with for the host. Null: it could not be read, which its root may have seen to. */
export function readStartUp(trellis: string, enter: readonly string[]): Promise<StartUpReport | null> {
  const limits = { timeout: READ_WITHIN_MS, killSignal: 'SIGKILL', maxBuffer: 2 * MOST_OUTPUT_BYTES, env: {} } as const
  return new Promise((resolve) => {
    execFile(trellis, ['enter', ...enter, '--', '/bin/sh', '-c', READ], limits, (error, text) => {
      const at = text.indexOf(BETWEEN)
      resolve(error || at < 0 ? null : parseStartUp(text.slice(0, at), text.slice(at + BETWEEN.length)))
    })
  })
}
