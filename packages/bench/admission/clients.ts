// Who asks for admissions in the benchmark? Processes with clients, started, warmed up, timed and ended together.
import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Database } from '@myvini/store/database'
import type { Answer, Decided, Order, Until } from './client'

export const PROCESSES = 4
export const CLIENTS_EACH = 2
const CLIENT = fileURLToPath(new URL('./client.ts', import.meta.url))
/** USER_HZ, which is 100 on all machines that Linux runs on today: proc(5). */
const TICK_MS = 10

export interface Run {
  decided: Decided[]
  /** From when on it counts. */
  fromMs: number
  /** Of clients and Postgres, while it counted. */
  cpuMs: number
}

type Message = 'ready' | 'warm' | Answer

/** The next message of a client; an early end is told instead of waited for. */
const nextOf = (child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a client of the benchmark ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message) // as client.ts sends it
    })
  })

/** Processor time of the server's processes for the clients so far; of those that are there. */
async function serverCpuMs(db: Database): Promise<number> {
  const rows = await db.$queryRaw<{ pid: number }[]>`SELECT pid FROM pg_stat_activity`
  let ticks = 0
  for (const { pid } of rows) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // proc(5): utime and stime are the 14th and 15th fields; the name, the second, may hold blanks and is left out.
    const [user = '0', system = '0'] = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    ticks += Number(user) + Number(system)
  }
  return ticks * TICK_MS
}

export async function runClients(db: Database, url: string, ids: readonly string[], lengthMs: number): Promise<Run> {
  const children = Array.from({ length: PROCESSES }, () => fork(CLIENT, { execArgv: process.execArgv }))
  try {
    const all = (message: (child: ChildProcess, index: number) => Promise<Message>) =>
      Promise.all(children.map(message))
    await all(nextOf)
    await all((child, p) => {
      child.send({ url, clients: CLIENTS_EACH, ids: ids.filter((_, i) => i % PROCESSES === p) } satisfies Order)
      return nextOf(child)
    })
    const before = await serverCpuMs(db)
    const fromMs = Date.now()
    const answers = all((child) => {
      child.send({ untilMs: fromMs + lengthMs } satisfies Until)
      return nextOf(child)
    })
    // Before the clients leave: with them go the server's processes that worked for them, and what they took.
    await new Promise((resolve) => setTimeout(resolve, lengthMs - 50))
    const server = (await serverCpuMs(db)) - before
    const answered = (await answers).flatMap((answer) => (typeof answer === 'object' ? [answer] : []))
    if (answered.some(({ left }) => left === 0)) throw new Error('the bookings ran out before the time')
    const cpuMs = answered.reduce((sum, answer) => sum + answer.cpuMs, server)
    return { decided: answered.flatMap(({ decided }) => decided), fromMs, cpuMs }
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}
