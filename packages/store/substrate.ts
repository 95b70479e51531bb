// What is the substrate, as rows and as the planner sees it?

import type { Underlay } from '@myvini/core/desired/compile'
import type { Hello, NodeStats } from '@myvini/core/desired/report'
import {
  SubstrateLinkId as LinkIdSchema,
  SubstrateNodeId as NodeIdSchema,
  type SubstrateLinkId,
  type SubstrateNodeId,
} from '@myvini/core/ids'
import type { Problem } from '@myvini/core/result'
import {
  CAPABILITIES,
  type Capability,
  type Substrate,
  type SubstrateLink,
  type SubstrateNode,
  UNSAID_DISK_MIB,
} from '@myvini/core/substrate/substrate'
import type { Database, Transaction } from './database'
import type { SubstrateLink as LinkRow, SubstrateNode as NodeRow } from './generated/client'
import { Prisma } from './generated/client'

/** How a node is reached, for the transport. */
export interface NodeAddress {
  id: SubstrateNodeId
  name: string
  host: string
  port: number
  user: string
  hostKey: string
}

export const nodeIdOf = (text: string): SubstrateNodeId => NodeIdSchema.parse(text)
export const linkIdOf = (text: string): SubstrateLinkId => LinkIdSchema.parse(text)

const isCapability = (text: string): text is Capability => (CAPABILITIES as readonly string[]).includes(text)

export const toNode = (row: NodeRow): SubstrateNode => ({
  id: nodeIdOf(row.id),
  name: row.name,
  site: row.site,
  cpuMilli: row.cpuMilli,
  memoryMib: row.memoryMib,
  diskMib: row.diskMib ?? UNSAID_DISK_MIB,
  hostSlots: row.hostSlots,
  capabilities: row.capabilities.filter(isCapability),
  available: row.accepting && row.health === 'healthy',
})

export const toLink = (row: LinkRow): SubstrateLink => ({
  id: linkIdOf(row.id),
  a: nodeIdOf(row.aId),
  b: nodeIdOf(row.bId),
  capacityMbps: row.capacityMbps,
  delayMs: row.delayMs,
  mtuBytes: row.mtuBytes,
})

const toUnderlay = (row: LinkRow): Underlay => ({
  id: linkIdOf(row.id),
  a: { node: nodeIdOf(row.aId), address: row.aAddress },
  b: { node: nodeIdOf(row.bId), address: row.bAddress },
  mtuBytes: row.mtuBytes,
  capacityMbps: row.capacityMbps,
  ...(row.delayEmulated && { emulatedDelayMs: row.delayMs }),
})

/** All of it, in a stable order. A node that is not available keeps what it has and gets nothing new. */
export async function loadSubstrate(db: Database | Transaction): Promise<Substrate> {
  const [nodes, links] = await Promise.all([
    db.substrateNode.findMany({ orderBy: { id: 'asc' } }),
    db.substrateLink.findMany({ orderBy: { id: 'asc' } }),
  ])
  return { nodes: nodes.map(toNode), links: links.map(toLink) }
}

/** Where nodes stand and what they can do: for choosing a place, and for a picture of the substrate. */
export async function listPlaces(db: Database) {
  const rows = await db.substrateNode.findMany({ orderBy: { name: 'asc' } })
  return rows.map((row) => {
    const { id, name, site, capabilities, available } = toNode(row)
    return { id, name, site, capabilities, available, latitude: row.latitude, longitude: row.longitude }
  })
}

export async function loadUnderlays(db: Database | Transaction): Promise<Map<SubstrateLinkId, Underlay>> {
  const rows = await db.substrateLink.findMany()
  return new Map(rows.map((row) => [linkIdOf(row.id), toUnderlay(row)]))
}

export async function listNodeAddresses(db: Database): Promise<NodeAddress[]> {
  const rows = await db.substrateNode.findMany({ orderBy: { name: 'asc' } })
  return rows.map((r) => ({
    id: nodeIdOf(r.id),
    name: r.name,
    host: r.sshHost,
    port: r.sshPort,
    user: r.sshUser,
    hostKey: r.hostKey,
  }))
}

/** How to reach a node, and whether it was ever reached. */
export interface NodeDial extends NodeAddress {
  isEnrolling: boolean
}

export async function loadDials(
  db: Database,
  nodes: readonly SubstrateNodeId[],
): Promise<ReadonlyMap<SubstrateNodeId, NodeDial>> {
  const rows = await db.substrateNode.findMany({
    where: { id: { in: [...nodes] } },
    select: { id: true, name: true, sshHost: true, sshPort: true, sshUser: true, hostKey: true, health: true },
  })
  return new Map(
    rows.map(({ id: text, name, sshHost: host, sshPort: port, sshUser: user, hostKey, health }) => {
      const id = nodeIdOf(text)
      return [id, { id, name, host, port, user, hostKey, isEnrolling: health === 'enrolling' }]
    }),
  )
}

/**
 * These nodes answer: what they are and can do. Their capacity is an admin's word, not theirs; but the first time that a node
 * says how much disk it has, no more than that is lent from then on, and all of it where the admin left it open. Never less
 * than what is promised of it already. Gives the newest generation that is published for each that is still there.
 */
export async function recordHellos(
  db: Database,
  hellos: readonly { node: SubstrateNodeId; hello: Hello }[],
): Promise<ReadonlyMap<SubstrateNodeId, number>> {
  const said = JSON.stringify(
    hellos.map(({ node, hello: { capabilities, kernel, agentVersion, diskMib } }) => ({
      node,
      capabilities,
      kernel,
      agentVersion,
      diskMib,
    })),
  )
  // Rows are locked in the order of their ids, as wherever many are written.
  const rows = await db.$queryRaw<{ id: string; generation: number }[]>`
    WITH said AS (
      SELECT * FROM jsonb_to_recordset(${said}::jsonb) AS v(
        node text, capabilities text[], kernel text, "agentVersion" text, "diskMib" integer
      )
    ), held AS MATERIALIZED (
      SELECT "id" FROM "SubstrateNode" WHERE "id" IN (SELECT node FROM said) ORDER BY "id" FOR NO KEY UPDATE
    )
    UPDATE "SubstrateNode" n SET "health" = 'healthy', "healthReason" = NULL, "lastSeenAt" = now(),
      "healthSince" = CASE WHEN n."health" = 'healthy' THEN n."healthSince" ELSE now() END,
      "capabilities" = v.capabilities, "kernel" = v.kernel, "agentVersion" = v."agentVersion",
      "diskThereMib" = coalesce(v."diskMib", n."diskThereMib"),
      "diskMib" = CASE
        WHEN n."diskThereMib" IS NULL AND v."diskMib" IS NOT NULL
          THEN greatest(least(n."diskMib", v."diskMib"), promised_disk(n."id")) -- least passes over what nobody said
        ELSE n."diskMib"
      END
    FROM held h JOIN said v ON v.node = h."id" WHERE n."id" = h."id"
    RETURNING n."id", n."generation"`
  return new Map(rows.map(({ id, generation }) => [nodeIdOf(id), generation]))
}

export async function recordUnreachable(db: Database, node: SubstrateNodeId, reason: string): Promise<void> {
  // A node that was never reached stays "enrolling": its admin is still setting it up.
  await db.substrateNode.updateMany({
    where: { id: node, health: 'healthy' },
    data: { health: 'unreachable', healthReason: reason.slice(0, 500), healthSince: new Date() },
  })
  await db.substrateNode.updateMany({
    where: { id: node, OR: [{ healthReason: null }, { healthReason: { not: reason.slice(0, 500) } }] },
    data: { healthReason: reason.slice(0, 500) },
  })
}

/** These nodes took their newest specs. */
export async function recordAccepted(db: Database, nodes: readonly SubstrateNodeId[]): Promise<void> {
  const { DbNull } = Prisma
  await db.substrateNode.updateMany({
    where: { id: { in: [...nodes] }, specProblem: { not: DbNull } },
    data: { specProblem: DbNull },
  })
}

export async function recordRefusal(db: Database, node: SubstrateNodeId, problem: Problem): Promise<void> {
  const { code, message, hint, subject } = problem
  await db.substrateNode.updateMany({
    where: { id: node },
    data: { specProblem: { code, message, hint, ...(subject && { subject: { ...subject } }) } },
  })
}

export type NodeLoad = Pick<NodeStats, 'cpuMilli' | 'memoryUsedMib' | 'hosts'> & { atMs: number }

/** Of many nodes in one go. Rows that somebody holds are left for the next time: load is no promise. */
export async function recordLoads(db: Database, loads: ReadonlyMap<SubstrateNodeId, NodeLoad>): Promise<void> {
  if (loads.size === 0) return
  const rows = JSON.stringify([...loads].map(([id, load]) => ({ id, load })))
  await db.$executeRaw`
    UPDATE "SubstrateNode" n SET "load" = v.load, "lastSeenAt" = now()
    FROM jsonb_to_recordset(${rows}::jsonb) AS v(id text, load jsonb)
    WHERE n."id" = v.id AND n."id" IN (
      SELECT "id" FROM "SubstrateNode" WHERE "id" = ANY(${[...loads.keys()]}) ORDER BY "id" FOR NO KEY UPDATE SKIP LOCKED)`
}
