// What does a virtual host do when it starts, before anybody enters it? It puts its files in place and runs its start-up
// commands: from a folder that is bound into it read-only, by a script that its own shell runs as its own root.
import { join } from 'node:path'
import type { HostSpec } from '@myvini/core/desired/node-spec'
import { writeOwnFiles } from '../own-files'

/** In the host's folder on the node, and where the host sees it. */
export const START_FOLDER = 'start'
export const START_INSIDE = '/dev/start'

/** Inside: all that it said, and in memory, so that it is of this start alone, what became of each part. */
export const START_LOG = '/var/log/start-up.log'
export const START_RESULTS = '/run/start-up'
/** Of a start-up's output, kept in the host; what floods it is cut off there. */
export const MOST_OUTPUT_BYTES = 1024 * 1024

/** One word to a POSIX shell, whatever is in it (POSIX.1-2017, Shell Command Language, §2.2.2). */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Before each command's output in the log. */
export const commandMark = (at: number): string => `[start-up command ${at + 1}]`

/** Words of `START_RESULTS`, a line each: "file 0 1" and "command 0 0" with exit codes, "command 0 -" begun, "done". */
const TELL = [
  `tell() { echo "$*" >> ${START_RESULTS}; }`,
  'put() { at=$1; shift; "$@" || tell file "$at" $?; }',
  'run() { at=$1; echo "$2"; shift 2; tell command "$at" -; "$@"; tell command "$at" $?; }',
]

/**
 * Commands run one after the other beside the host's first process, which waits for none of them: one that never returns
 * holds up those behind it and nothing else. The inner shell is left to the init, which buries it. What comes after the
 * most that is kept is read all the same: the next command must not die of a pipe that nobody reads.
 */
export function startScript({ files, startup }: Pick<HostSpec, 'files' | 'startup'>): string {
  const put = files.map(({ path, mode, owner }, i) => {
    const options = ['-o', owner, '-g', owner, '-m', mode.toString(8)]
    return ['put', String(i), 'install', '-D', ...options, `${START_INSIDE}/${i}`, path].map(quote).join(' ')
  })
  const run = startup.map((argv, i) => ['run', String(i), commandMark(i), ...argv].map(quote).join(' '))
  // dd, as head keeps back what it has read until there is a block of it: whoever looks while a command runs saw nothing.
  const keep = `{ dd bs=64k iflag=count_bytes count=${MOST_OUTPUT_BYTES} of=${START_LOG} status=none; cat > /dev/null; }`
  const work =
    put.length + run.length === 0
      ? []
      : [...TELL, `: > ${START_RESULTS}`, '(', '(', ...put, ...run, 'tell done', `) 2>&1 </dev/null | ${keep} &`, ')']
  return ['#!/bin/sh', ...work, 'exec /dev/trellis pause', ''].join('\n')
}

/** What is no longer in the spec is not there. */
export function writeStart(own: string, host: HostSpec): void {
  const files = host.files.map((file, i) => ({ name: String(i), content: file.content }))
  const run = { name: 'run', content: startScript(host), mode: 0o755 }
  writeOwnFiles(join(own, START_FOLDER), [run, ...files], { nothingElse: true })
}
