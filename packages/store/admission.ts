// How does a promise become rows? Everything a reservation holds, in one round trip that leaves all of it or nothing. The
// database re-checks capacity, keys and addresses (decision record 0017); losing against another is a value: solve again.
import { addressOf } from '@myvini/core/addressing/cidr'
import type { Embedding } from '@myvini/core/embedding/embedding'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { claimsOf } from '@myvini/core/reservation/claims'
import { TRANSITIONS } from '@myvini/core/reservation/state'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'
import { isOverbooked, isStale, retryConflicts } from './retry'

export interface PlannedEmbedding {
  topology: Topology
  request: EmbeddingRequest
  embedding: Embedding
  substrate: Substrate
}

export interface Admission extends PlannedEmbedding {
  reservationId: string
}

/**
 * `overbooked`: others took the place meanwhile. `stale`: a node of it was lost or drained meanwhile. `changed`: the
 * reservation was withdrawn or decided meanwhile.
 */
export type AdmissionOutcome = 'admitted' | 'overbooked' | 'stale' | 'changed'

/** Nodes that will hold a part: those with hosts, and those that links pass through. */
function nodesTouched({ embedding, substrate }: PlannedEmbedding): SubstrateNodeId[] {
  const used = new Set([...embedding.paths.values()].flat())
  const nodes = new Set(embedding.nodes.values())
  for (const link of substrate.links) if (used.has(link.id)) nodes.add(link.a).add(link.b)
  return [...nodes]
}

/** Ports of nodes that lead in; the database keeps any two slices from having the same. */
function waysIn({ hosts }: Topology, embedding: Embedding) {
  return hosts.flatMap((host) =>
    host.kind !== 'gateway'
      ? []
      : (host.forwards ?? []).map(({ protocol, outsidePort }) => ({
          ...{ nodeId: embedding.nodes.get(host.id), protocol, port: outsidePort },
        })),
  )
}

/** The document that `write_embedding` in the database takes. */
export function embeddingDocument(planned: PlannedEmbedding): string {
  const { request, topology, embedding } = planned
  const claims = claimsOf(request, embedding)
  return JSON.stringify({
    hosts: Object.fromEntries(embedding.nodes),
    ways: waysIn(topology, embedding),
    links: topology.links.map(({ id }) => ({ link: id, path: embedding.paths.get(id) ?? [] })),
    slivers: nodesTouched(planned),
    nodeClaims: [...claims.nodes].map(([nodeId, { cpuMilli, memoryMib, diskMib, hostSlots }]) => ({
      nodeId,
      cpuMilli,
      memoryMib,
      diskMib,
      hostSlots,
    })),
    linkClaims: [...claims.links].map(([substrateLinkId, mbps]) => ({ substrateLinkId, mbps })),
  })
}

/** By address: the interface that has it. */
function addressesOf({ hosts }: Topology): Record<string, string> {
  const pairs = hosts.flatMap((host) => [
    ...(host.loopback ? [[addressOf(host.loopback), `${host.id}.lo`]] : []),
    ...host.interfaces.flatMap((i) =>
      [i.ipv4, i.ipv6].flatMap((text) => (text === null ? [] : [[addressOf(text), i.id]])),
    ),
  ])
  return Object.fromEntries(pairs)
}

/** Runs a write that the guards of the database may refuse, and says which of them did; again by itself on a deadlock. */
export async function underGuard<T>(write: () => Promise<T>): Promise<T | 'overbooked' | 'stale'> {
  try {
    return await retryConflicts(write)
  } catch (error) {
    if (isOverbooked(error)) return 'overbooked'
    if (isStale(error)) return 'stale'
    throw error
  }
}

export function writeAdmission(db: Database, admission: Admission): Promise<AdmissionOutcome> {
  const { from, to } = TRANSITIONS.admit
  const nodes = new Set(admission.embedding.nodes.values()).size
  const story = `Placed on ${nodes} substrate ${nodes === 1 ? 'node' : 'nodes'}; capacity is reserved.`
  const plan = embeddingDocument(admission)
  const addresses = JSON.stringify(addressesOf(admission.topology))
  return underGuard(async () => {
    const [row] = await db.$queryRaw<{ admitted: boolean }[]>`
      SELECT admit_reservation(${admission.reservationId}, ${[...from]}::"ReservationState"[], ${to}::"ReservationState",
        ${plan}::jsonb, ${addresses}::jsonb, ${story}) AS admitted`
    return row?.admitted ? 'admitted' : 'changed'
  })
}

/** Gives back all that a reservation held. Only once no node can still use its keys. */
export async function releaseHoldings(tx: Transaction, reservationId: string): Promise<void> {
  // One statement: ten trips to the database would be most of what the end of a slice takes.
  await tx.$executeRaw`
    WITH a AS (DELETE FROM "NodeClaim" WHERE "reservationId" = ${reservationId}),
      b AS (DELETE FROM "LinkClaim" WHERE "reservationId" = ${reservationId}),
      c AS (DELETE FROM "AddressLease" WHERE "reservationId" = ${reservationId}),
      d AS (DELETE FROM "UidRangeLease" WHERE "reservationId" = ${reservationId}),
      e AS (DELETE FROM "HostUidLease" WHERE "reservationId" = ${reservationId}),
      f AS (DELETE FROM "OutsidePortLease" WHERE "reservationId" = ${reservationId}),
      g AS (DELETE FROM "HostControl" WHERE "reservationId" = ${reservationId}),
      h AS (DELETE FROM "LinkPlacement" WHERE "reservationId" = ${reservationId}),
      i AS (DELETE FROM "HostPlacement" WHERE "reservationId" = ${reservationId})
    DELETE FROM "Sliver" WHERE "reservationId" = ${reservationId}`
}
