// Which boxed servers run on this machine? Told from the process table: each node's processes carry its folder in their
// arguments, so that even what a killed launcher left behind is found, and nothing else is.
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { identify, type ProcessIdentity } from './process-identity'

export interface NodeProcesses {
  /** `unshare`, which holds the namespaces: with it they go. */
  holder: ProcessIdentity
  /** The first process inside them. */
  first: ProcessIdentity
}

async function argumentsOf(pid: string): Promise<string[]> {
  // A process that ended since the listing has no arguments.
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
}

async function firstChildOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const child = Number(text.trim().split(' ')[0])
  return child > 0 ? child : null
}

/** On its way there the first process is at-root.sh, and in a chroot nsenter, another shell and chroot. */
const isShellOf = (script: string, [program, first]: readonly string[]) =>
  program === 'sh' && first?.endsWith(`/${script}`) === true

/** By the folder that they were started with, of those that `isMine`, once their first process is the shell of `script`. */
export async function findHeld(
  isMine: (argument: string) => boolean,
  script: string,
): Promise<Map<string, NodeProcesses>> {
  const found = new Map<string, NodeProcesses>()
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const args = await argumentsOf(pid)
    const folder = args.find(isMine)
    if (args[0] !== 'unshare' || folder === undefined) continue
    const child = await firstChildOf(Number(pid))
    const isInside = child !== null && isShellOf(script, await argumentsOf(String(child)))
    const [holder, first] = [await identify(Number(pid)), isInside ? await identify(child) : null]
    if (holder && first) found.set(folder, { holder, first })
  }
  return found
}

/** By name; only nodes whose first process has come so far as to be the shell inside its namespaces. */
export async function findNodes(nodesFolder: string): Promise<Map<string, NodeProcesses>> {
  const found = await findHeld((arg) => dirname(arg) === nodesFolder, 'node-init.sh')
  return new Map([...found].map(([folder, processes]) => [basename(folder), processes] as const))
}
