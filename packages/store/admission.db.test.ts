import { embed } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { seededRandom } from '@myvini/core/random'
import type { Substrate } from '@myvini/core/substrate/substrate'
import { randomTopology } from '@myvini/core/topology/random-topology'
import { useDatabase } from '@myvini/testkit/database'
import { overbookedWhile } from '@myvini/testkit/overbooked'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { afterEach, describe, expect, test } from 'vitest'
import { releaseHoldings, writeAdmission } from './admission'
import { type Database, openDatabase } from './database'
import { type PersonalAction, takeAction } from './reservation-actions'
import { moveReservation } from './reservations'
import { isExclusion, isOverbooked, sqlStateOf } from './retry'
import { latestRevision } from './slices'
import { loadSubstrate } from './substrate'
import { loadUsage } from './usage'

const test_ = useDatabase()
const HOUR = 3_600_000
const DAY = Date.UTC(2030, 0, 1)
const at = (hours: number) => new Date(DAY + hours * HOUR)

afterEach(async () => {
  const { db } = test_
  await db.reservation.deleteMany()
  await db.substrateLink.deleteMany()
  await db.substrateNode.deleteMany()
})

async function approved(db: Database, seed: number, from: number, until: number) {
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const topology = randomTopology({ seed, routers: 2, hosts: 2, lans: seed % 2, extraLinks: 0 })
  const sliceId = await addSlice(db, project.id, person, topology)
  const revision = await latestRevision(db, sliceId)
  const window = { startsAt: at(from), endsAt: at(until) }
  const row = await db.reservation.create({
    data: { sliceId, revisionId: revision.id, requesterId: person.id, state: 'approved', ...window },
  })
  return { id: row.id, sliceId, person, revision, topology, window }
}

const by = ({ id, person }: Awaited<ReturnType<typeof approved>>, action: 'withdraw' | 'stop'): PersonalAction => ({
  reservationId: id,
  action,
  actor: 'user',
  personId: person.id,
  personName: person.name,
  note: '',
  now: at(0),
})

/** Solves on a snapshot and tries to write it, as a controller does; `stale` solves as if the substrate were empty. */
async function tryAdmit(db: Database, made: Awaited<ReturnType<typeof approved>>, stale: boolean, seen?: Substrate) {
  const substrate = seen ?? (await loadSubstrate(db))
  const usage = stale ? { nodes: new Map(), links: new Map() } : await loadUsage(db, made.window)
  const request = requestOf(made.topology)
  const solved = embed(substrate, usage, request, { placement: 'spread', seed: 1 })
  if (!solved.ok) return 'does not fit'
  return writeAdmission(db, {
    reservationId: made.id,
    topology: made.topology,
    request,
    embedding: solved.value,
    substrate,
  })
}

describe('admission', () => {
  test('random bookings, withdrawals and stops by eight at once: looked at throughout, no instant is ever overbooked', async () => {
    const { db } = test_
    await addRing(db, { nodes: 4, cpuMilli: 120, memoryMib: 100_000, capacityMbps: 60 })
    const clients = Array.from({ length: 8 }, () => openDatabase({ url: test_.url, connections: 3 }))
    const tally = { booked: 0, refused: 0, withdrawn: 0, stopped: 0, withdrawnMeanwhile: 0 }

    const play = async (client: Database, c: number) => {
      const random = seededRandom(100 + c)
      const held: Awaited<ReturnType<typeof approved>>[] = []
      const book = async (step: number) => {
        const from = Math.floor(random() * 12)
        const made = await approved(client, c * 100 + step, from, from + 1 + Math.floor(random() * 4))
        const [stale, hasty] = [random() < 0.5, random() < 0.2]
        if (hasty) {
          // Whichever of the two is first: nothing stays behind.
          await Promise.all([tryAdmit(client, made, stale), takeAction(client, by(made, 'withdraw'))])
          const { state } = await client.reservation.findUniqueOrThrow({ where: { id: made.id } })
          expect(state).toBe('ended')
          expect(await client.nodeClaim.count({ where: { reservationId: made.id } })).toBe(0)
          tally.withdrawnMeanwhile++
          return
        }
        let outcome = await tryAdmit(client, made, stale)
        if (outcome === 'overbooked') outcome = await tryAdmit(client, made, false)
        if (outcome === 'admitted') held.push(made)
        tally[outcome === 'admitted' ? 'booked' : 'refused']++
      }
      for (let step = 0; step < 30; step++) {
        const over = random() < 0.45 ? held.splice(Math.floor(random() * held.length), 1)[0] : undefined
        if (!over) await book(step)
        else if (random() < 0.5) {
          expect((await takeAction(client, by(over, 'withdraw'))).ok).toBe(true)
          tally.withdrawn++
        } else {
          await moveReservation(client, over.id, 'start', 'controller')
          expect((await takeAction(client, by(over, 'stop'))).ok).toBe(true)
          await client.$transaction(async (tx) => {
            await moveReservation(tx, over.id, 'finish', 'controller', { endedAt: at(0) })
            await releaseHoldings(tx, over.id)
          })
          tally.stopped++
        }
      }
    }

    const looks = await overbookedWhile(db, () => Promise.all(clients.map(play)))
    await Promise.all(clients.map((client) => client.$disconnect()))
    expect(looks.flat()).toEqual([])
    expect(looks.length).toBeGreaterThan(10)
    // Each of them must have happened often, or it proves nothing.
    for (const [what, times] of Object.entries(tally)) expect(times, what).toBeGreaterThan(10)
  }, 60_000)

  test('is all or nothing: what would overbook leaves no row and can be tried again', async () => {
    const { db } = test_
    await addRing(db, { nodes: 2, cpuMilli: 40 })
    const first = await approved(db, 0, 0, 2)
    const second = await approved(db, 0, 1, 3)
    expect(await tryAdmit(db, first, true)).toBe('admitted')
    expect(await tryAdmit(db, second, true)).toBe('overbooked')
    const where = { where: { reservationId: second.id } }
    const left = await Promise.all([
      db.nodeClaim.count(where),
      db.linkPlacement.count(where),
      db.sliver.count(where),
      db.uidRangeLease.count(where),
    ])
    expect(left).toEqual([0, 0, 0, 0])
    expect((await db.reservation.findUniqueOrThrow({ where: { id: second.id } })).state).toBe('approved')
    await db.$transaction((tx) => releaseHoldings(tx, first.id))
    expect(await tryAdmit(db, second, true)).toBe('admitted')
  })

  test('windows that only touch do not count together', async () => {
    const { db } = test_
    await addRing(db, { nodes: 2, cpuMilli: 40 })
    expect(await tryAdmit(db, await approved(db, 0, 0, 2), true)).toBe('admitted')
    expect(await tryAdmit(db, await approved(db, 0, 2, 4), true)).toBe('admitted')
  })

  test('on a node that was drained or lost after the snapshot leaves no row', async () => {
    const { db } = test_
    const { nodes } = await addRing(db, { nodes: 2 })
    for (const change of [{ accepting: false }, { accepting: true, health: 'unreachable' as const }]) {
      const made = await approved(db, 0, 0, 2)
      const substrate = await loadSubstrate(db)
      await db.substrateNode.update({ where: { id: nodes[0]?.id ?? '' }, data: change })
      expect(await tryAdmit(db, made, true, substrate)).toBe('stale')
      expect(await db.sliver.count()).toBe(0)
      await db.substrateNode.updateMany({ data: { accepting: true, health: 'healthy' } })
    }
  })

  test('of a reservation that was withdrawn meanwhile changes nothing', async () => {
    const { db } = test_
    await addRing(db, { nodes: 2 })
    const made = await approved(db, 0, 0, 2)
    await db.reservation.update({ where: { id: made.id }, data: { state: 'ended' } })
    expect(await tryAdmit(db, made, false)).toBe('changed')
    expect(await db.nodeClaim.count()).toBe(0)
  })
})

describe('the database itself refuses', () => {
  test('a claim beyond a node, whoever writes it', async () => {
    const { db } = test_
    const { nodes } = await addRing(db, { nodes: 1, cpuMilli: 100, memoryMib: 100, hostSlots: 2 })
    const { id } = await approved(db, 0, 0, 2)
    const claim = {
      reservationId: id,
      nodeId: nodes[0]?.id ?? '',
      cpuMilli: 10,
      memoryMib: 10,
      hostSlots: 1,
      startsAt: at(0),
      endsAt: at(1),
    }
    for (const beyond of [{ cpuMilli: 101 }, { memoryMib: 101 }, { hostSlots: 3 }]) {
      const error = await db.nodeClaim.create({ data: { ...claim, ...beyond } }).catch((e: unknown) => e)
      expect(isOverbooked(error), JSON.stringify(beyond)).toBe(true)
    }
    await db.nodeClaim.create({ data: { ...claim, cpuMilli: 100, memoryMib: 100, hostSlots: 2 } })
  })

  test('a node or link that becomes smaller than what is promised of it from now on', async () => {
    const { db } = test_
    const { nodes, links } = await addRing(db, { nodes: 2, cpuMilli: 100, capacityMbps: 50 })
    const [node, link] = [nodes[0]?.id ?? '', links[0]?.id ?? '']
    const claim = async (from: number, until: number, share: number) => {
      const { id } = await approved(db, 0, from, until)
      const window = { reservationId: id, startsAt: at(from), endsAt: at(until) }
      await db.nodeClaim.create({
        data: { ...window, nodeId: node, cpuMilli: 100 * share, memoryMib: 1, hostSlots: 1 },
      })
      await db.linkClaim.create({ data: { ...window, substrateLinkId: link, mbps: 50 * share } })
    }
    await claim(0, 2, 0.4)
    await claim(1, 3, 0.4)
    await claim(3, 4, 0.5)
    const shrink = (cpuMilli: number, capacityMbps: number) =>
      Promise.all([
        db.substrateNode.update({ where: { id: node }, data: { cpuMilli } }).then(() => 'done', isOverbooked),
        db.substrateLink.update({ where: { id: link }, data: { capacityMbps } }).then(() => 'done', isOverbooked),
      ])
    expect(await shrink(79, 39)).toEqual([true, true])
    expect(await shrink(80, 40)).toEqual(['done', 'done'])
  })

  test('a claim in a transaction that keeps one snapshot, which would not see what others have just been promised', async () => {
    const { db } = test_
    const { nodes } = await addRing(db, { nodes: 1 })
    const { id } = await approved(db, 0, 0, 2)
    const window = { reservationId: id, startsAt: at(0), endsAt: at(1) }
    for (const isolationLevel of ['RepeatableRead', 'Serializable'] as const) {
      const claim = db.$transaction(
        (tx) =>
          tx.nodeClaim.create({
            data: { ...window, nodeId: nodes[0]?.id ?? '', cpuMilli: 1, memoryMib: 1, hostSlots: 1 },
          }),
        { isolationLevel },
      )
      expect(await claim.catch(sqlStateOf), isolationLevel).toBe('MV003')
    }
  })

  test('a second reservation of one slice for the same time', async () => {
    const { db } = test_
    const { sliceId, revision, person } = await approved(db, 0, 0, 2)
    const again = (from: number, until: number) =>
      db.reservation.create({
        data: {
          sliceId,
          revisionId: revision.id,
          requesterId: person.id,
          state: 'requested',
          startsAt: at(from),
          endsAt: at(until),
        },
      })
    expect(isExclusion(await again(1, 3).catch((e: unknown) => e))).toBe(true)
    await again(2, 3)
  })

  test('a window that ends before it starts, a key of zero and an address given twice', async () => {
    const { db } = test_
    const { id, sliceId, revision, person } = await approved(db, 0, 0, 2)
    const data = {
      sliceId,
      revisionId: revision.id,
      requesterId: person.id,
      state: 'requested' as const,
      startsAt: at(9),
      endsAt: at(8),
    }
    expect(await db.reservation.create({ data }).catch(sqlStateOf)).toBe('23514')
    expect(
      await db.linkPlacement
        .create({ data: { reservationId: id, linkId: 'l', path: [], egreKey: 0 } })
        .catch(sqlStateOf),
    ).toBe('23514')
    await db.addressLease.create({ data: { reservationId: id, address: '10.0.0.1', interfaceId: 'a' } })
    const twice = db.addressLease.create({ data: { reservationId: id, address: '10.0.0.1', interfaceId: 'b' } })
    await expect(twice).rejects.toThrow(/unique/i)
  })
})
