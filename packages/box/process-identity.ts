// Is the process with this number still the one I started? A number alone may have been given to another since.
import { readFile } from 'node:fs/promises'

export interface ProcessIdentity {
  pid: number
  /** Clock ticks after boot at which it started: field 22 of /proc/PID/stat (proc(5)). */
  startTicks: string
  bootId: string
}

async function startTicksOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The second field is the command in parentheses and may hold anything, so count from its last parenthesis.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  return state === 'Z' ? null : (fields[19] ?? null)
}

const bootId = async (): Promise<string> => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()

export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const startTicks = await startTicksOf(pid)
  return startTicks === null ? null : { pid, startTicks, bootId: await bootId() }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid)
  return now !== null && now.startTicks === identity.startTicks && now.bootId === identity.bootId
}

/** Sends the signal only to the process that was meant. */
export async function signal(identity: ProcessIdentity, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false
  try {
    process.kill(identity.pid, name)
    return true
  } catch {
    return false // it ended between the look and the signal
  }
}

export async function waitUntilGone(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    if (!(await isAlive(identity))) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return !(await isAlive(identity))
}
