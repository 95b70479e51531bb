// A process that admits, withdraws, starts and stops at random, four at a time, for the test that looks whether a promise is
// ever broken. A third of its solving sees an empty substrate: then only the database stands between it and overbooking.
import { embed } from '@myvini/core/embedding/embed'
import type { Embed } from '@myvini/core/embedding/embedding'
import { seededRandom } from '@myvini/core/random'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { releaseHoldings } from '@myvini/store/admission'
import { openDatabase } from '@myvini/store/database'
import { takeAction } from '@myvini/store/reservation-actions'
import { moveReservation } from '@myvini/store/reservations'
import { z } from 'zod'
import { Admissions } from '../admit'

const Order = z.object({ url: z.string(), seed: z.number(), personId: z.string(), ids: z.array(z.string()) })
export type Order = z.infer<typeof Order>

/** How often what happened. */
export type Tally = Record<'admitted' | 'denied' | 'changed' | 'withdrawn' | 'stopped' | 'withdrawnMeanwhile', number>

const AT_ONCE = 4
const EFFORT = 20_000
const BLIND = 1 / 3
const LEAVING = 0.35
const HASTY = 0.1

process.once('message', async (message) => {
  const { url, seed, personId, ids } = Order.parse(message)
  const db = openDatabase({ url, connections: AT_ONCE })
  const random = seededRandom(seed)
  const sometimesBlind: Embed = (substrate, used, request, options) =>
    // How good a place is and why there is none is no part of this test, and takes longest.
    embed(substrate, random() < BLIND ? NOTHING_USED : used, request, { ...options, explain: 'brief', effort: EFFORT })
  const admissions = new Admissions(db, sometimesBlind, () => new Date())
  const tally: Tally = { admitted: 0, denied: 0, changed: 0, withdrawn: 0, stopped: 0, withdrawnMeanwhile: 0 }
  const held: string[] = []

  const withdraw = (id: string) =>
    takeAction(db, {
      reservationId: id,
      action: 'withdraw',
      actor: 'user',
      personId,
      personName: 'player',
      note: '',
      now: new Date(),
    })
  const stop = async (id: string) => {
    await moveReservation(db, id, 'start', 'controller')
    await moveReservation(db, id, 'stop', 'user')
    await db.$transaction(async (tx) => {
      await moveReservation(tx, id, 'finish', 'controller')
      await releaseHoldings(tx, id)
    })
  }
  const play = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      if (random() < HASTY) {
        await Promise.all([admissions.admit(id, true), withdraw(id)])
        tally.withdrawnMeanwhile++
        continue
      }
      const outcome = await admissions.admit(id, random() < 0.5)
      tally[outcome]++
      if (outcome === 'admitted') held.push(id)
      if (random() >= LEAVING) continue
      const leaving = held.splice(Math.floor(random() * held.length), 1)[0]
      if (leaving === undefined) continue
      const what = random() < 0.5 ? 'withdrawn' : 'stopped'
      await (what === 'withdrawn' ? withdraw(leaving) : stop(leaving))
      tally[what]++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, play))
  await db.$disconnect()
  process.send?.(tally, () => process.exit(0))
})
process.send?.('ready')
