import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@myvini/core/random'
import { randomTopology } from '@myvini/core/topology/random-topology'
import { addApproved } from '@myvini/testkit/bookings'
import { useDatabase } from '@myvini/testkit/database'
import { findOverbooked } from '@myvini/testkit/overbooked'
import { addRing } from '@myvini/testkit/rows'
import { afterEach, expect, test } from 'vitest'
import type { Order, Tally } from './testing/admission-player'

const PLAYER = fileURLToPath(new URL('./testing/admission-player.ts', import.meta.url))
const PROCESSES = 3
const REQUESTS = 2000
const HOUR = 3_600_000

const test_ = useDatabase()
const players: ChildProcess[] = []
afterEach(() => {
  for (const player of players.splice(0)) player.kill('SIGKILL')
})

async function startPlayer() {
  const player = fork(PLAYER, { execArgv: ['--import', 'tsx'] })
  players.push(player)
  await once(player, 'message')
  return player
}

test(`${REQUESTS} requests by ${PROCESSES} processes, four at once in each, with withdrawals and stops: no instant is ever overbooked`, async () => {
  const { db, url } = test_
  await addRing(db, { nodes: 8, cpuMilli: 400, memoryMib: 100_000, hostSlots: 40, capacityMbps: 120 })
  const random = seededRandom(3)
  const below = (n: number) => Math.floor(random() * n)
  const { person, bookings } = await addApproved(db, REQUESTS, (seed) => {
    const startsAt = new Date(Date.UTC(2031, 0, 1) + below(24) * HOUR)
    return {
      topology: randomTopology({ seed, routers: 1, hosts: 1 + below(2), lans: below(2), extraLinks: 0 }),
      startsAt,
      endsAt: new Date(startsAt.getTime() + (1 + below(3)) * HOUR),
    }
  })
  const started = await Promise.all(Array.from({ length: PROCESSES }, startPlayer))

  let playing = true
  const looks: string[][] = []
  const watch = async () => {
    while (playing) {
      looks.push(await findOverbooked(db))
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
  }
  const watching = watch()
  const play = async (player: ChildProcess, p: number): Promise<Tally> => {
    const ids = bookings.filter((_, i) => i % PROCESSES === p).map(({ id }) => id)
    player.send({ url, seed: p, personId: person.id, ids } satisfies Order)
    const [tally] = await once(player, 'message')
    return tally
  }
  const tallies = await Promise.all(started.map(play)).finally(() => {
    playing = false
  })
  await watching
  looks.push(await findOverbooked(db))

  expect(looks.flat()).toEqual([])
  expect(looks.length).toBeGreaterThan(20)
  const sum = (what: keyof Tally) => tallies.reduce((all, tally) => all + tally[what], 0)
  expect(sum('admitted') + sum('denied') + sum('withdrawnMeanwhile')).toBe(REQUESTS)
  // Each of them must have happened often, or it proves nothing.
  for (const what of ['admitted', 'denied', 'withdrawn', 'stopped', 'withdrawnMeanwhile'] as const)
    expect(sum(what), what).toBeGreaterThan(50)
  // Whoever is over holds nothing; whoever holds a promise holds all of it.
  const over = { reservation: { state: { in: ['ended' as const, 'denied' as const] } } }
  const left = [
    db.nodeClaim.count({ where: over }),
    db.linkClaim.count({ where: over }),
    db.linkPlacement.count({ where: over }),
    db.uidRangeLease.count({ where: over }),
    db.reservation.count({ where: { state: 'scheduled', OR: [{ nodeClaims: { none: {} } }, { uidRange: null }] } }),
  ]
  expect(await Promise.all(left)).toEqual([0, 0, 0, 0, 0])
}, 240_000)
