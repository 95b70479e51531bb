// What is published for a node, and what is still to be? The text of specs, and whose newest one is not the last word.
import { createHash } from 'node:crypto'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Database } from './database'
import { nodeIdOf } from './substrate'

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A node and the generation that it is known to have. */
export interface Acknowledged {
  node: SubstrateNodeId
  generation: number
}

export interface Newest {
  generation: number
  content: string
}

/** The newest spec of each node that has another than the one it is known to have; of others nothing is read. */
export async function loadNewestSpecs(
  db: Database,
  known: readonly Acknowledged[],
): Promise<Map<SubstrateNodeId, Newest>> {
  const rows = await db.$queryRaw<({ id: string } & Newest)[]>`
    SELECT n."id", s."generation", s."content"
    FROM unnest(${known.map((k) => k.node)}::text[], ${known.map((k) => k.generation)}::int[]) AS v(id, generation)
    JOIN "SubstrateNode" n ON n."id" = v.id AND n."generation" > 0 AND n."generation" <> v.generation
    JOIN "NodeSpec" s ON s."nodeId" = n."id" AND s."generation" = n."generation"`
  return new Map(rows.map(({ id, generation, content }) => [nodeIdOf(id), { generation, content }]))
}

/** Nodes that have something not yet published, and nodes that have not yet reached what is published for them. */
export async function findUnsettledNodes(
  db: Database,
): Promise<{ toPublish: SubstrateNodeId[]; toPush: SubstrateNodeId[] }> {
  const rows = await db.$queryRaw<{ id: string; isPublished: boolean }[]>`
    SELECT "id", true AS "isPublished" FROM "SubstrateNode" WHERE "settledGeneration" < "generation"
    UNION
    SELECT "id", false FROM "SubstrateNode" WHERE "generation" > 0 AND "specHash" = ''
    UNION
    SELECT s."nodeId", false FROM "Sliver" s JOIN "Reservation" r ON r."id" = s."reservationId"
    WHERE (s."generation" = 0 AND r."state" IN ('provisioning', 'running', 'degraded', 'failed'))
       OR (s."removedGeneration" IS NULL AND r."state" = 'ending')
    UNION
    SELECT "nodeId", false FROM "Leftover" WHERE "removedGeneration" IS NULL`
  const of = (isPublished: boolean) => rows.filter((r) => r.isPublished === isPublished).map((r) => nodeIdOf(r.id))
  return { toPublish: of(false), toPush: of(true) }
}

/** The node has accepted generations that this database does not know, as after a restore: the next one is beyond them. */
export async function raiseGeneration(db: Database, node: SubstrateNodeId, atLeast: number): Promise<void> {
  // Without a hash the next publication counts as new whatever it says.
  await db.substrateNode.updateMany({
    where: { id: node, generation: { lte: atLeast } },
    data: { generation: atLeast, specHash: '' },
  })
}
