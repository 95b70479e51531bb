// What does a virtual host do when it starts, before anybody enters it? It puts its files in place and runs its start-up
// commands: from a folder that is bound into it read-only, by a script that its own shell runs as its own root.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostSpec } from '@myvini/core/desired/node-spec'

/** In the host's folder on the node, and where the host sees it. */
export const START_FOLDER = 'start'
export const START_INSIDE = '/dev/start'

/** Of a start-up's output, kept in the host; a command that floods it is cut off there. */
const MOST_OUTPUT_BYTES = 1024 * 1024

/** One word to a POSIX shell, whatever is in it (POSIX.1-2017, Shell Command Language, §2.2.2). */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/**
 * Commands run one after the other beside the host's first process, which waits for none of them: one that never returns
 * holds up those behind it and nothing else. The inner shell is left to the init, which buries it.
 */
export function startScript({ files, startup }: Pick<HostSpec, 'files' | 'startup'>): string {
  const put = files.map(({ path, mode, owner }, i) => {
    const options = ['-o', owner, '-g', owner, '-m', mode.toString(8)]
    return ['install', '-D', ...options, `${START_INSIDE}/${i}`, path].map(quote).join(' ')
  })
  const commands = [...put, ...startup.map((argv) => argv.map(quote).join(' '))]
  const work =
    commands.length === 0
      ? []
      : ['(', '(', ...commands, `) 2>&1 </dev/null | head -c ${MOST_OUTPUT_BYTES} > /var/log/start-up.log &`, ')']
  return ['#!/bin/sh', ...work, 'exec /dev/trellis pause', ''].join('\n')
}

/** Anew each time: what is no longer in the spec must not be there. */
export async function writeStart(own: string, host: HostSpec): Promise<void> {
  const folder = join(own, START_FOLDER)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const keep = new Set(['run', ...host.files.map((_, i) => String(i))])
  const gone = (await readdir(folder)).filter((name) => !keep.has(name))
  await Promise.all([
    writeFile(join(folder, 'run'), startScript(host), { mode: 0o755 }),
    ...host.files.map((file, i) => writeFile(join(folder, String(i)), file.content, { mode: 0o644 })),
    ...gone.map((name) => rm(join(folder, name), { force: true })),
  ])
}
