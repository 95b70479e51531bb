// How did a virtual host's start go, in a few words, and command by command? The commands that its researcher wrote come
// behind those that its routing needs, so they are counted from the end.
import type { VirtualHost } from '../topology/topology'
import type { StartUpReport } from './report'

export interface StartUpStory {
  /** null: nothing to remark. */
  word: string | null
  /** Something did not go as it should. */
  hasFailed: boolean
  /** Those of the drawing, in its order; null: not begun. */
  commands: ({ code: number | null; output: string } | null)[]
}

/** timeout(1). */
const TIMED_OUT = 124

export const exitWords = (code: number): string => (code === TIMED_OUT ? 'took too long' : `exit ${code}`)

/** `expected`: how many commands the host has on its node, routing's first. */
export function tellStartUp(
  host: Pick<VirtualHost, 'files' | 'commands'>,
  report: StartUpReport,
  expected: { files: number; commands: number },
): StartUpStory {
  const routing = Math.max(0, expected.commands - host.commands.length)
  const routingFiles = Math.max(0, expected.files - host.files.length)
  const commands = host.commands.map((_, i) => report.commands[routing + i] ?? null)
  const failed = report.commands.findIndex(({ code }) => code !== null && code !== 0)
  const code = report.commands[failed]?.code ?? 0
  const file = report.files[0]
  const running = report.done ? -1 : report.commands.findIndex(({ code: c }) => c === null)
  const named = (at: number) => (at < routing ? 'the start of its routing' : `start-up command ${at - routing + 1}`)
  if (file !== undefined) {
    const path = host.files[file - routingFiles]?.path
    return { word: `${path ?? 'a file of its routing'} could not be put in place`, hasFailed: true, commands }
  }
  if (failed >= 0) return { word: `${named(failed)} failed (${exitWords(code)})`, hasFailed: true, commands }
  return { word: running >= 0 ? `${named(running)} runs` : null, hasFailed: false, commands }
}
