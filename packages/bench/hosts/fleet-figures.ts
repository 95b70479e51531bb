// What does a controller cost while nothing changes, and how soon has one that was killed caught up? With a thousand
// simulated nodes and ten thousand slices; the nodes are played by the controller's own process, and count as its work.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@myvini/store/migrate'
import { spawnSimulatingController } from '@myvini/testkit/controller-process'
import { MIGRATIONS, startScratchPostgres } from '@myvini/testkit/scratch-postgres'
import pg from 'pg'
import { type Figure, median } from '../figure'
import type { BenchOptions } from '../main'
import { type FleetState, fillFleet, lookAtFleet } from './fleet'

const PATIENCE_MS = 240_000
/** Ended while no controller was there: what the next one has to find. */
const STOPPED = 100
const TICKS_PER_S = 100

async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S // utime and stime, proc(5)
}

async function until(
  client: pg.Client,
  since: Date,
  log: (line: string) => void,
  done: (s: FleetState) => boolean,
): Promise<number> {
  const from = performance.now()
  let told = 0
  for (;;) {
    const state = await lookAtFleet(client, since)
    const tookMs = performance.now() - from
    if (done(state)) return tookMs / 1000
    if (tookMs > PATIENCE_MS) throw new Error(`not there after ${PATIENCE_MS / 1000} s: ${JSON.stringify(state)}`)
    if (tookMs - told > 10_000) {
      told = tookMs
      log(`  ${(tookMs / 1000).toFixed(0)} s: ${JSON.stringify(state)}`)
    }
    await sleep(200)
  }
}

export async function measureFleet({ quick, log }: BenchOptions): Promise<Figure[]> {
  const size = { nodes: 1000, slices: 10_000 }
  const postgres = await startScratchPostgres()
  try {
    const url = await postgres.urlOf('postgres')
    await migrate(url, MIGRATIONS)
    log('writing 1,000 nodes and 10,000 slices …')
    await fillFleet(url, size)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    let controller = spawnSimulatingController(url)
    const { nodes } = size
    let running: number = size.slices
    try {
      const firstS = await until(client, new Date(0), log, (s) => s.settled === nodes && s.running === running)
      log(`brought up for the first time in ${firstS.toFixed(1)} s`)
      const idle: number[] = []
      const again: number[] = []
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        await sleep(15_000)
        const before = await cpuSeconds(controller.pid)
        const from = performance.now()
        await sleep(quick ? 15_000 : 30_000)
        idle.push(((await cpuSeconds(controller.pid)) - before) / ((performance.now() - from) / 100_000))
        await controller.kill()
        await client.query(
          `UPDATE "Reservation" SET "state" = 'ending', "endingAt" = now()
           WHERE "id" IN (SELECT "id" FROM "Reservation" WHERE "state" = 'running' LIMIT ${STOPPED})`,
        )
        running -= STOPPED
        const since = new Date()
        controller = spawnSimulatingController(url)
        const all = (s: FleetState) =>
          s.seen === nodes && s.settled === nodes && s.running === running && s.ending === 0
        again.push(await until(client, since, log, all))
        log(`idle ${idle.at(-1)?.toFixed(2)} % of a core; after a restart all there in ${again.at(-1)?.toFixed(1)} s`)
      }
      const of = '1,000 simulated nodes, 10,000 slices'
      return [
        {
          ...{ id: 'first_up_s', value: firstS, unit: 's', baseline: null, goal: '≤ 60', n: 1 },
          method: `${of}; a controller is started, none of their specs was ever published; until every node is at its spec`,
        },
        {
          ...{ id: 'idle_cpu_pct', value: median(idle), unit: '%', baseline: null, goal: '≤ 5 (1)', n: idle.length },
          method: `${of}; CPU time of the controller, simulated nodes included, over 30 s; median`,
        },
        {
          ...{
            id: 'reconverge_s',
            value: median(again),
            unit: 's',
            baseline: null,
            goal: '≤ 30 (10)',
            n: again.length,
          },
          method: `${of}; kill -9 and start; every node connected and at its spec anew, ${STOPPED} slices stopped meanwhile gone`,
        },
      ]
    } finally {
      await controller.kill()
      await client.end()
    }
  } finally {
    await postgres.stop()
  }
}
