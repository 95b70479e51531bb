// What does a virtual host find and do when it starts, as its researcher wishes? Files at paths, and commands; refused by name
// where they could not be.
import { z } from 'zod'
import { LEAST } from '../images/needs'
import type { Problem } from '../result'
import type { Topology, VirtualHost } from './topology'

export const START_UP_LIMITS = {
  files: 16,
  /** Of one file, in characters, and of all of a host's together. */
  fileChars: 65_536,
  allChars: 262_144,
  /** Of all files and routing configurations of a slice: 2,000 hosts with the most that each may have would be half a GB. */
  sliceChars: 4 * 1024 * 1024,
  commands: 16,
  commandChars: 4096,
  timeoutS: 3600,
} as const

const lengthOf = (input: unknown): number => (typeof input === 'string' || Array.isArray(input) ? input.length : 0)

/** Drafts are kept as they are typed; `checkStartUp` says what is wrong with them. */
export const StartFile = z.object({
  path: z.string().max(400),
  content: z.string().max(START_UP_LIMITS.fileChars, {
    error: ({ input }) =>
      `a start-up file of ${lengthOf(input)} characters, and one has at most ${START_UP_LIMITS.fileChars}; fetch a larger one with a start-up command`,
  }),
  executable: z.boolean().default(false),
})
export type StartFile = z.infer<typeof StartFile>

export const StartFiles = z.array(StartFile).max(START_UP_LIMITS.files, {
  error: ({ input }) => `${lengthOf(input)} start-up files, and a host has at most ${START_UP_LIMITS.files}`,
})

export const StartCommand = z.object({
  /** A line of shell, run as root inside. */
  command: z.string().max(START_UP_LIMITS.commandChars),
  /** Ended after so long; one that is to go on ends with "&". */
  timeoutS: z.number().int().min(1).max(START_UP_LIMITS.timeoutS).default(60),
})
export type StartCommand = z.infer<typeof StartCommand>

/** Absolute, of plain parts: no "..", no ".", nothing empty. */
const PATH = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._+@-]{1,100}){1,12}$/
/** Made anew with each start, or not the host's own. */
const NOT_THERE = /^\/(proc|sys|dev|run|usr)(\/|$)/

type StartUpProblem = Problem & { severity: 'error' | 'warning' }

export function checkStartUp(host: VirtualHost, report: (problem: StartUpProblem) => void): void {
  const subject = { kind: 'host' as const, id: host.id }
  const wrong = (code: string, message: string, hint: string) =>
    report({ severity: 'error', code, subject, message, hint })
  const seen = new Set<string>()
  for (const { path } of host.files) {
    if (!PATH.test(path))
      wrong(
        'topology.file-path',
        `${host.name} has a file at "${path}", which is no path that can be written.`,
        'Use a whole path such as /etc/motd: letters, digits, dots, hyphens; no "..".',
      )
    else if (NOT_THERE.test(path))
      wrong(
        'topology.file-place',
        `${host.name} has a file at ${path}, where nothing of its own can be.`,
        'Put it below /etc, /root, /var, /opt or /srv.',
      )
    else if (seen.has(path))
      wrong('topology.file-twice', `${host.name} has two files at ${path}.`, 'Remove one of them.')
    seen.add(path)
  }
  const chars = host.files.reduce((sum, file) => sum + file.content.length, 0)
  if (chars > START_UP_LIMITS.allChars)
    wrong(
      'topology.files-too-large',
      `The files of ${host.name} have ${chars} characters together.`,
      `At most ${START_UP_LIMITS.allChars}: fetch larger ones with a start-up command.`,
    )
  if (host.commands.some(({ command }) => command.trim() === ''))
    wrong('topology.command-empty', `${host.name} has an empty start-up command.`, 'Remove it, or write one.')
  if (host.class === 'netns' && host.files.length + host.commands.length > 0)
    wrong(
      'topology.start-up-class',
      `${host.name} has start-up files or commands, but is a network stack only.`,
      'Make it a vserver, which has files of its own.',
    )
  if (host.class === 'vserver' && host.memoryMib < LEAST.memoryMib)
    wrong(
      'topology.memory-too-small',
      `${host.name} reserves ${host.memoryMib} MiB: a vserver does not start with less than ${LEAST.memoryMib}.`,
      `Reserve at least ${LEAST.memoryMib} MiB of memory.`,
    )
}

/**
 * Whether the texts of a drawing are more than a slice may have. Also a draft is not kept with them: they would be read
 * whole each time that the slice is looked at, and sent to nodes.
 */
export function checkSliceTexts({ hosts }: Pick<Topology, 'hosts'>): Problem | null {
  const sizes = hosts.map(({ files, routing }) =>
    files.reduce((sum, { content }) => sum + content.length, routing.config.length),
  )
  const chars = sizes.reduce((sum, size) => sum + size, 0)
  if (chars <= START_UP_LIMITS.sliceChars) return null
  const largest = Math.max(...sizes)
  const host = hosts[sizes.indexOf(largest)]
  return {
    code: 'topology.texts-too-large',
    message: `files: the start-up files and routing configurations of this slice have ${chars} characters together, ${largest} of them on ${host?.name ?? 'one host'}; a slice has at most ${START_UP_LIMITS.sliceChars}.`,
    hint: 'Fetch what is large with a start-up command, or bring it to the hosts once they run.',
    ...(host && { subject: { kind: 'host' as const, id: host.id } }),
  }
}

const MODE = { plain: 0o644, executable: 0o755 } as const

/** As node specs have them; the exit of each command is told in the host's own log. */
export const filesToPut = (host: VirtualHost) =>
  host.files.map(({ path, content, executable }) => ({
    path,
    content,
    mode: executable ? MODE.executable : MODE.plain,
    owner: 'root',
  }))

/** `$0` is the command's own text, so that nothing of it is parsed before its own shell does. */
const TELL = 'echo "\\$ $0"; timeout "$1" sh -c "$0"; code=$?; echo "(exit $code)"; exit $code'

export const commandsToRun = (host: VirtualHost): string[][] =>
  host.commands.map(({ command, timeoutS }) => ['sh', '-c', TELL, command, String(timeoutS)])
