// How many promises a second does the database take, and is any of them one too many? `./myvini bench admission`: eight
// clients in four processes, each on the way of the product: read, solve, write and re-check.
import { availableParallelism } from 'node:os'
import { openDatabase } from '@myvini/store/database'
import { migrate } from '@myvini/store/migrate'
import { findOverbooked } from '@myvini/testkit/overbooked'
import { MIGRATIONS, startScratchPostgres } from '@myvini/testkit/scratch-postgres'
import { type Figure, quantile } from '../figure'
import type { BenchOptions } from '../main'
import { CLIENTS_EACH, PROCESSES, type Run, runClients } from './clients'
import { addBookings, addSubstrate, NODES } from './scenario'

/** More than can be decided in the time. */
const PER_SECOND = 250
const WARM_UP = 1500
/** "Sustained" is told by the slowest of these, not by the mean alone. */
const SPAN_MS = 2000

export const bench = ({ quick, log }: BenchOptions): Promise<Figure[]> => admissionFigures(quick, log)

export async function admissionFigures(quick: boolean, log: (line: string) => void): Promise<Figure[]> {
  const seconds = quick ? 6 : 20
  const postgres = await startScratchPostgres()
  try {
    const url = await postgres.urlOf('postgres')
    await migrate(url, MIGRATIONS)
    const db = openDatabase({ url, connections: 2 })
    await addSubstrate(db)
    const ids = await addBookings(db, WARM_UP + seconds * PER_SECOND)
    await db.$executeRaw`ANALYZE`
    const run = await runClients(db, url, ids, seconds * 1000)
    const overbooked = await findOverbooked(db)
    for (const name of overbooked) log(`OVERBOOKED ${name}`)
    await db.$disconnect()
    return figuresOf(run, overbooked.length, log)
  } finally {
    await postgres.stop()
  }
}

function figuresOf({ decided: all, fromMs, cpuMs }: Run, overbooked: number, log: (line: string) => void): Figure[] {
  const decided = all.filter(({ atMs }) => atMs >= fromMs)
  const lengthMs = Math.max(...decided.map(({ atMs }) => atMs)) - fromMs
  const admitted = decided.filter(({ outcome }) => outcome === 'admitted')
  const spans = Array.from(
    { length: Math.floor(lengthMs / SPAN_MS) },
    (_, i) => (admitted.filter(({ atMs }) => Math.floor((atMs - fromMs) / SPAN_MS) === i).length * 1000) / SPAN_MS,
  )
  const denied = decided.filter(({ outcome }) => outcome === 'denied').length
  const share = (cpuMs / lengthMs / availableParallelism()) * 100
  log(
    `Admission: ${decided.length} decided in ${(lengthMs / 1000).toFixed(1)} s, ${admitted.length} admitted, ${denied} denied`,
  )
  log(`  admitted a second, in spans of ${SPAN_MS / 1000} s: ${spans.map((rate) => rate.toFixed(0)).join(' ')}`)
  log(`  clients and Postgres had ${share.toFixed(0)} % of the machine’s processors; the rest went to others`)
  const method = `${PROCESSES * CLIENTS_EACH} clients in ${PROCESSES} processes, ${NODES} nodes, 3 to 10 hosts each, Postgres on this machine`
  const figure = { baseline: null, n: admitted.length }
  return [
    {
      ...figure,
      id: 'admissions_per_s',
      value: (admitted.length * 1000) / lengthMs,
      unit: '/s',
      goal: '≥ 100',
      method: `${method}, which had ${share.toFixed(0)} % of its processors`,
    },
    {
      ...figure,
      id: 'admission_cpu_ms',
      value: cpuMs / decided.length,
      unit: 'ms',
      goal: '',
      method: 'processor time of clients and Postgres for each decision',
    },
    {
      ...figure,
      id: 'admission_p95_ms',
      value: quantile(
        admitted.map(({ tookMs }) => tookMs),
        0.95,
      ),
      unit: 'ms',
      goal: '',
      method: 'one admission, from reading the booking to the end of its transaction',
    },
    {
      ...figure,
      id: 'overbooked',
      value: overbooked,
      unit: '',
      goal: '0',
      n: all.length,
      method: 'nodes and links promised beyond what they have at any instant, counted apart from the product’s code',
    },
  ]
}
