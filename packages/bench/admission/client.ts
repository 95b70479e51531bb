// A process with some of the benchmark's clients. It admits one reservation after the other: at first to get warm, which it
// says, then until the time that it is told; at the end it says when each was decided, how, and what that took.
import { Admissions } from '@myvini/controller/admit'
import { embed } from '@myvini/core/embedding/embed'
import { openDatabase } from '@myvini/store/database'
import { z } from 'zod'

const Order = z.object({ url: z.string(), clients: z.number().int(), ids: z.array(z.string()) })
export type Order = z.infer<typeof Order>
const Until = z.object({ untilMs: z.number() })
export type Until = z.infer<typeof Until>

export interface Decided {
  atMs: number
  tookMs: number
  outcome: string
}

export interface Answer {
  decided: Decided[]
  /** Reservations that were not reached. */
  left: number
  /** Processor time of this process from the order of the end on. */
  cpuMs: number
}

/** Admissions of a process before what it runs has been compiled. */
const WARM = 60

const send = (message: 'ready' | 'warm' | Answer) =>
  new Promise<void>((resolve) => process.send?.(message, () => resolve()))

process.once('message', async (message) => {
  const { url, clients, ids } = Order.parse(message)
  const db = openDatabase({ url, connections: clients })
  const admissions = new Admissions(db, embed, () => new Date())
  const decided: Decided[] = []
  let untilMs = Number.POSITIVE_INFINITY
  let before = process.cpuUsage()
  process.once('message', (order) => {
    untilMs = Until.parse(order).untilMs
    before = process.cpuUsage()
  })
  const work = async () => {
    while (Date.now() < untilMs) {
      const id = ids.pop()
      if (id === undefined) return
      const start = performance.now()
      const outcome = await admissions.admit(id, true)
      decided.push({ atMs: Date.now(), tookMs: performance.now() - start, outcome })
      if (decided.length === WARM) void send('warm')
    }
  }
  await Promise.all(Array.from({ length: clients }, work))
  const { user, system } = process.cpuUsage(before)
  await db.$disconnect()
  await send({ decided, left: ids.length, cpuMs: (user + system) / 1000 })
  process.exit(0)
})
void send('ready')
