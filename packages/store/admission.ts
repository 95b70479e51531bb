// How does a promise become rows? Everything a reservation holds, in one serializable transaction that either leaves all of
// it or nothing. The database re-checks capacity, keys and addresses; losing against another is a value: solve again.
import { addressOf } from '@myvini/core/addressing/cidr'
import type { Embedding } from '@myvini/core/embedding/embedding'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { claimsOf } from '@myvini/core/reservation/claims'
import type { Problem, Result } from '@myvini/core/result'
import { ok } from '@myvini/core/result'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'
import { Prisma } from './generated/client'
import { moveReservation } from './reservations'
import { isOverbooked, retryConflicts } from './retry'

export interface Admission {
  reservationId: string
  startsAt: Date
  endsAt: Date
  topology: Topology
  request: EmbeddingRequest
  embedding: Embedding
  substrate: Substrate
}

/** `overbooked`: others took the place meanwhile. A problem: somebody withdrew or decided it meanwhile. */
export type AdmissionOutcome = 'admitted' | 'overbooked'

async function leaseKeys(tx: Transaction, count: number): Promise<number[]> {
  const keys: number[] = []
  while (keys.length < count) {
    const rows = await tx.$queryRaw<{ key: number }[]>`
      SELECT k.key::int AS key FROM (SELECT nextval('egre_key_seq') AS key FROM generate_series(1, ${count - keys.length})) k
      WHERE NOT EXISTS (SELECT 1 FROM "LinkPlacement" p WHERE p."egreKey" = k.key)`
    keys.push(...rows.map((row) => row.key))
  }
  return keys
}

async function leaseUidSlot(tx: Transaction): Promise<number> {
  for (;;) {
    const rows = await tx.$queryRaw<{ slot: number }[]>`
      SELECT s.slot::int AS slot FROM (SELECT nextval('uid_slot_seq') AS slot) s
      WHERE NOT EXISTS (SELECT 1 FROM "UidRangeLease" l WHERE l."slot" = s.slot)`
    if (rows[0]) return rows[0].slot
  }
}

/** Nodes that will hold a part: those with hosts, and those that links pass through. */
function nodesTouched({ embedding, substrate }: Admission): SubstrateNodeId[] {
  const links = new Map(substrate.links.map((l) => [l.id, l]))
  const nodes = new Set(embedding.nodes.values())
  for (const path of embedding.paths.values())
    for (const id of path) {
      const link = links.get(id)
      if (link) nodes.add(link.a).add(link.b)
    }
  // Always in one order, so that two admissions never wait for each other in a circle.
  return [...nodes].toSorted()
}

async function writeClaims(tx: Transaction, admission: Admission): Promise<void> {
  const { reservationId, startsAt, endsAt } = admission
  const claims = claimsOf(admission.request, admission.embedding)
  const inOrder = <K extends string, V>(map: ReadonlyMap<K, V>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
  await tx.nodeClaim.createMany({
    data: inOrder(claims.nodes).map(([nodeId, { cpuMilli, memoryMib, hostSlots }]) => ({
      reservationId,
      nodeId,
      startsAt,
      endsAt,
      cpuMilli,
      memoryMib,
      hostSlots,
    })),
  })
  await tx.linkClaim.createMany({
    data: inOrder(claims.links).map(([substrateLinkId, mbps]) => ({
      reservationId,
      substrateLinkId,
      startsAt,
      endsAt,
      mbps,
    })),
  })
}

async function writeAll(tx: Transaction, admission: Admission): Promise<Result<AdmissionOutcome>> {
  const { reservationId, topology, embedding } = admission
  // Before the snapshot is taken, which the first query does: admissions then come one after the other and never lose a
  // race that leaves room for both. Without it, predicate locks on tables of a few pages make nearly every pair conflict.
  await tx.$executeRaw`LOCK TABLE "NodeClaim", "LinkClaim" IN SHARE ROW EXCLUSIVE MODE`
  const moved = await moveReservation(tx, reservationId, 'admit', 'controller', { problem: Prisma.DbNull })
  if (!moved.ok) return moved
  await writeClaims(tx, admission)
  await tx.hostPlacement.createMany({
    data: [...embedding.nodes].map(([virtualId, nodeId]) => ({ reservationId, virtualId, nodeId })),
  })
  const keys = await leaseKeys(tx, topology.links.length)
  await tx.linkPlacement.createMany({
    data: topology.links.map((link, i) => ({
      reservationId,
      linkId: link.id,
      path: [...(embedding.paths.get(link.id) ?? [])],
      egreKey: keys[i] ?? 0,
    })),
  })
  const addresses = topology.hosts.flatMap((host) => [
    ...(host.loopback ? [{ interfaceId: `${host.id}.lo`, address: addressOf(host.loopback) }] : []),
    ...host.interfaces.flatMap((i) =>
      [i.ipv4, i.ipv6].flatMap((text) =>
        text === null ? [] : [{ interfaceId: i.id as string, address: addressOf(text) }],
      ),
    ),
  ])
  await tx.addressLease.createMany({ data: addresses.map((a) => ({ ...a, reservationId })) })
  await tx.uidRangeLease.create({ data: { reservationId, slot: await leaseUidSlot(tx) } })
  await tx.sliver.createMany({ data: nodesTouched(admission).map((nodeId) => ({ reservationId, nodeId })) })
  return ok('admitted')
}

/** Tries again by itself when it loses a race that leaves room for both. */
export async function writeAdmission(db: Database, admission: Admission): Promise<Result<AdmissionOutcome, Problem>> {
  try {
    return await retryConflicts(() =>
      db.$transaction((tx) => writeAll(tx, admission), {
        isolationLevel: 'Serializable',
        timeout: 20_000,
        maxWait: 20_000,
      }),
    )
  } catch (error) {
    if (isOverbooked(error)) return ok('overbooked')
    throw error
  }
}

/**
 * For whoever will give back what a reservation holds, before it moves the reservation: an admission locks the claims first
 * and the reservation then, and in one order nobody waits in a circle.
 */
export async function lockClaimsToRelease(tx: Transaction): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "NodeClaim", "LinkClaim" IN ROW EXCLUSIVE MODE`
}

/** Gives back all that a reservation held. Only once no node can still use its keys. */
export async function releaseHoldings(tx: Transaction, reservationId: string): Promise<void> {
  const where = { where: { reservationId } }
  await tx.nodeClaim.deleteMany(where)
  await tx.linkClaim.deleteMany(where)
  await tx.addressLease.deleteMany(where)
  await tx.uidRangeLease.deleteMany(where)
  await tx.linkPlacement.deleteMany(where)
  await tx.hostPlacement.deleteMany(where)
  await tx.sliver.deleteMany(where)
}
