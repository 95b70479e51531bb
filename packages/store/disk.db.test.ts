import { seededRandom } from '@myvini/core/random'
import { UNSAID_DISK_MIB } from '@myvini/core/substrate/substrate'
import { addContainerRing, addContainers, admitContainers } from '@myvini/testkit/containers'
import { useDatabase } from '@myvini/testkit/database'
import { findOverbooked, overbookedWhile } from '@myvini/testkit/overbooked'
import { afterEach, describe, expect, test } from 'vitest'
import { releaseHoldings } from './admission'
import { type Database, openDatabase } from './database'
import { resizeHost } from './host-control'
import { loadStranded } from './re-embedding'
import { moveReservation } from './reservations'
import { isOverbooked } from './retry'
import { loadSliceStatus } from './slice-status'
import { Snapshots } from './snapshot'
import { loadUsage } from './usage'

const test_ = useDatabase()
const DAY = Date.UTC(2035, 0, 1)
const at = (hours: number) => new Date(DAY + hours * 3_600_000)
const silent = async () => undefined

afterEach(async () => {
  const { db } = test_
  await db.reservation.deleteMany()
  await db.substrateLink.deleteMany()
  await db.substrateNode.deleteMany()
})

describe('disk is promised no more than there is', () => {
  test('what a slice takes of it is claimed, and what is left is all that others get', async () => {
    const { db } = test_
    await addContainerRing(db, { nodes: 1, diskMib: 1000 })
    const first = await addContainers(db, [400, 300], at(0), at(2))
    expect(await admitContainers(db, first)).toBe('admitted')
    expect((await db.nodeClaim.findFirstOrThrow()).diskMib).toBe(700)

    const second = await addContainers(db, [400], at(1), at(3))
    expect(await admitContainers(db, second)).toMatchObject({
      code: 'embedding.host-too-large',
      when: 'not-now',
      message: 'h1 wants 400 MiB of disk; the most that any node has left is 300 MiB of disk.',
      change: { kind: 'host-disk', diskMib: 300 },
    })
    // Whoever did not see the first is refused by the database.
    expect(await admitContainers(db, second, true)).toBe('overbooked')
    expect(await db.nodeClaim.count({ where: { reservationId: second.id } })).toBe(0)

    const after = await addContainers(db, [1000], at(2), at(3))
    expect(await admitContainers(db, after)).toBe('admitted')
    expect([...(await loadUsage(db, { startsAt: at(0), endsAt: at(4) })).nodes.values()]).toMatchObject([
      { diskMib: 1000 },
    ])
    const { timeline } = await new Snapshots(db, () => at(0)).get({ fromMs: DAY, untilMs: at(2).getTime() })
    expect([...timeline.usageWithin({ fromMs: DAY, untilMs: at(2).getTime() }).nodes.values()]).toMatchObject([
      { diskMib: 700 },
    ])
    expect(await findOverbooked(db)).toEqual([])
  })

  test('of twenty at once for the last of it as many get it as there is room for', async () => {
    const { db } = test_
    await addContainerRing(db, { nodes: 2, diskMib: 1000 })
    const made = []
    for (let i = 0; i < 20; i++) made.push(await addContainers(db, [300], at(0), at(1 + (i % 3))))
    const outcomes = await Promise.all(
      made.map(async (one) => {
        for (;;) {
          const outcome = await admitContainers(db, one, false)
          if (outcome !== 'overbooked') return outcome
        }
      }),
    )
    expect(outcomes.filter((o) => o === 'admitted')).toHaveLength(6)
    expect(await findOverbooked(db)).toEqual([])
  })

  test('random bookings and ends by six at once: looked at throughout, no instant is ever overbooked', async () => {
    const { db } = test_
    await addContainerRing(db, { nodes: 3, diskMib: 1000 })
    const clients = Array.from({ length: 6 }, () => openDatabase({ url: test_.url, connections: 2 }))
    const tally = { admitted: 0, overbooked: 0, refused: 0, released: 0 }
    const play = async (client: Database, c: number) => {
      const random = seededRandom(57 + c)
      const below = (n: number) => Math.floor(random() * n)
      const held: string[] = []
      for (let step = 0; step < 20; step++) {
        const over = random() < 0.3 ? held.splice(below(held.length), 1)[0] : undefined
        if (over !== undefined) {
          await client.$transaction((tx) => releaseHoldings(tx, over))
          tally.released++
          continue
        }
        const from = below(8)
        const disks = Array.from({ length: 1 + below(3) }, () => 16 + below(400))
        const made = await addContainers(client, disks, at(from), at(from + 1 + below(4)))
        const outcome = await admitContainers(client, made, random() < 0.5)
        if (outcome === 'admitted') held.push(made.id)
        tally[outcome === 'admitted' || outcome === 'overbooked' ? outcome : 'refused']++
      }
    }
    const looks = await overbookedWhile(db, () => Promise.all(clients.map(play)))
    await Promise.all(clients.map((client) => client.$disconnect()))
    expect(looks.flat()).toEqual([])
    // Each of them must have happened often, or it proves nothing.
    for (const [what, times] of Object.entries(tally)) expect(times, what).toBeGreaterThan(5)
  }, 60_000)
})

describe('the database itself', () => {
  const claimOf = async (nodeId: string) => {
    const { id } = await addContainers(test_.db, [16], at(0), at(2))
    return { reservationId: id, nodeId, cpuMilli: 1, memoryMib: 1, hostSlots: 1, startsAt: at(0), endsAt: at(2) }
  }
  const outcome = (write: Promise<unknown>) => write.then(() => 'done', isOverbooked)

  test('refuses a claim beyond what is lent, and takes one of all of it; while nobody said, as much as core has', async () => {
    const { db } = test_
    for (const [diskMib, most] of [
      [500, 500],
      [null, UNSAID_DISK_MIB],
    ] as const) {
      const { nodes } = await addContainerRing(db, { nodes: 1 })
      const id = nodes[0]?.id ?? ''
      await db.substrateNode.update({ where: { id }, data: { diskMib } })
      const claim = await claimOf(id)
      const create = (mib: number) => outcome(db.nodeClaim.create({ data: { ...claim, diskMib: mib } }))
      expect(await create(most + 1)).toBe(true)
      expect(await create(most)).toBe('done')
    }
  })

  test('refuses to lend less than is promised from now on, also by leaving it open again', async () => {
    const { db } = test_
    const { nodes } = await addContainerRing(db, { nodes: 1, diskMib: 200_000 })
    const id = nodes[0]?.id ?? ''
    await db.nodeClaim.create({ data: { ...(await claimOf(id)), diskMib: 100_000 } })
    const lend = (diskMib: number | null) => outcome(db.substrateNode.update({ where: { id }, data: { diskMib } }))
    expect(await lend(99_999)).toBe(true)
    expect(await lend(null)).toBe(true)
    expect(await lend(100_000)).toBe('done')
  })

  test('refuses to promise the rest to a claim that becomes longer', async () => {
    const { db } = test_
    const { nodes } = await addContainerRing(db, { nodes: 1, diskMib: 100 })
    const nodeId = nodes[0]?.id ?? ''
    const first = await claimOf(nodeId)
    await db.nodeClaim.create({ data: { ...first, diskMib: 60, endsAt: at(1) } })
    await db.nodeClaim.create({ data: { ...(await claimOf(nodeId)), diskMib: 60, startsAt: at(1) } })
    const where = { reservationId: first.reservationId }
    expect(await outcome(db.nodeClaim.updateMany({ where, data: { endsAt: at(2) } }))).toBe(true)
  })
})

describe('a host that runs', () => {
  const wish = { cpuPercent: 1, cpuCapped: false, memoryMib: 16, processes: 100 }

  async function running(disks: readonly number[]) {
    const { db } = test_
    const { nodes } = await addContainerRing(db, { nodes: 1, diskMib: 1000 })
    const made = await addContainers(db, disks, at(0), at(2))
    expect(await admitContainers(db, made)).toBe('admitted')
    await moveReservation(db, made.id, 'start', 'controller')
    const [host] = made.topology.hosts
    if (!host) throw new Error('no host')
    const give = (diskMib?: number) =>
      resizeHost(db, made.sliceId, host.id, { ...wish, ...(diskMib !== undefined && { diskMib }) }, silent)
    const claimed = async () => (await db.nodeClaim.findFirstOrThrow({ where: { reservationId: made.id } })).diskMib
    return { ...made, host, nodeId: nodes[0]?.id ?? '', give, claimed }
  }

  test('is given more disk as far as its node has it, and never less', async () => {
    const { db } = test_
    const { give, claimed, sliceId, host } = await running([400, 100])
    expect(await give(900)).toEqual({ ok: true, value: null })
    expect(await claimed()).toBe(1000)
    expect((await loadSliceStatus(db, sliceId)).hosts[host.id]?.given).toMatchObject({ diskMib: 900 })
    const beyond = await give(901)
    expect(beyond).toMatchObject({ ok: false, problem: { code: 'host.node-full' } })
    expect(!beyond.ok && beyond.problem.message).toContain('901 MiB of disk')
    expect(await give(899)).toMatchObject({
      ok: false,
      problem: {
        code: 'host.disk-shrinks',
        message: 'The disk of h1 has 900 MiB and cannot become smaller: 899 MiB were asked for.',
      },
    })
    // Of somebody who changes something else only.
    expect(await give()).toEqual({ ok: true, value: null })
    expect(await claimed()).toBe(1000)
  })

  test('that was given more takes it along when its node is lost', async () => {
    const { db } = test_
    const { give, id, nodeId, host } = await running([400])
    await give(700)
    await db.substrateNode.update({
      where: { id: nodeId },
      data: { health: 'unreachable', healthSince: new Date(Date.now() - 60_000) },
    })
    const stranded = await loadStranded(db, id, 3)
    expect(stranded?.topology.hosts.find((h) => h.id === host.id)?.diskMib).toBe(700)
  })
})
