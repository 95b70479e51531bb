// Which specs say something new, and which number do they get? Compiled from rows, published as each node's next generation,
// many nodes in one transaction.
import { compileNodeSpec, type Live, type SlicePlan } from '@myvini/core/desired/compile'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { ON_NODES } from '@myvini/core/reservation/state'
import type { Emulation } from '@myvini/core/topology/emulation'
import type { Database, Transaction } from './database'
import { loadEmulations, loadTraces } from './emulation'
import { Prisma } from './generated/client'
import { loadControls } from './host-control'
import type { PlanCache } from './plan-cache'
import { loadPolicy } from './policy'
import { retryConflicts } from './retry'
import { hashOf } from './specs'
import { nodeIdOf } from './substrate'

export interface Published {
  generation: number
  /** What goes to the node; null when the newest spec said the same already. */
  content: string | null
}

/** What asks for something on a node: a slice's part there, one that has to go, or what a move has left behind. */
interface Ask {
  nodeId: string
  kind: 'wanted' | 'ending' | 'leftover'
  /** Of the reservation, or of the leftover. */
  id: string
  version: number
  /** Whether a generation has taken it up already. */
  published: boolean
}

/** One statement: a slice that begins to end or moves meanwhile is in all of this as it was before, or as it is after. */
const readAsks = (tx: Database | Transaction, nodes: readonly string[]): Promise<Ask[]> => tx.$queryRaw<Ask[]>`
  SELECT s."nodeId", CASE r."state" WHEN 'ending' THEN 'ending' ELSE 'wanted' END AS "kind", r."id",
    r."embeddingVersion" AS "version", s."generation" > 0 AS "published"
  FROM "Sliver" s JOIN "Reservation" r ON r."id" = s."reservationId"
  WHERE s."nodeId" = ANY(${[...nodes]})
    AND (r."state" = ANY(${[...ON_NODES]}::"ReservationState"[]) OR (r."state" = 'ending' AND s."removedGeneration" IS NULL))
  UNION ALL
  SELECT "nodeId", 'leftover', "id"::text, 0, false FROM "Leftover"
  WHERE "nodeId" = ANY(${[...nodes]}) AND "removedGeneration" IS NULL`

const wantedOf = (asks: readonly Ask[]) =>
  asks.filter((a) => a.kind === 'wanted').map(({ id, version }) => ({ reservationId: id, version }))

/** Traces that links of a slice follow, by its drawing or by what was set since. */
function tracesOf({ active }: SlicePlan, changed: ReadonlyMap<string, Emulation | null> | undefined): string[] {
  const now = [...active.topology.links.map((l) => l.emulation), ...(changed?.values() ?? [])]
  return now.flatMap((both) => (both ?? []).flatMap((i) => (i.trace ? [i.trace.id] : [])))
}

/** Where nothing runs there is nothing to lay anything over. */
const NOTHING_LIVE: Live = { idle: true }

/** What is laid over the drawings, for all slices at once. Whoever changes any of it waits for the nodes that we hold. */
async function loadLive(tx: Transaction, plans: ReadonlyMap<string, SlicePlan>): Promise<Live> {
  if (plans.size === 0) return NOTHING_LIVE
  const reservations = [...plans.keys()]
  const { shareIdle, gateways } = await loadPolicy(tx)
  const emulations = await loadEmulations(tx, reservations)
  const controls = await loadControls(tx, reservations)
  const used = [...plans].flatMap(([id, plan]) => tracesOf(plan, emulations.get(id)))
  return { idle: shareIdle, gateways, emulations, controls, traces: await loadTraces(tx, used) }
}

interface Numbered extends Published {
  nodeId: string
  hash: string
  /** The generation that the node says it has reached. */
  settled: number
}

async function writeSpecs(tx: Transaction, all: readonly Numbered[]): Promise<void> {
  const fresh = all.filter((n) => n.content !== null)
  if (fresh.length === 0) return
  // Each by itself and not as arrays: those would have every quotation mark of a long text escaped, and undone again.
  const rows = fresh.map((n) => Prisma.sql`(${n.nodeId}, ${n.generation}::int, ${n.content}, ${n.hash})`)
  // One statement: a trip to the database costs more than any of its parts, and somebody may wait for it.
  await tx.$executeRaw`
    WITH v(id, generation, content, hash) AS (VALUES ${Prisma.join(rows)}), added AS (
      INSERT INTO "NodeSpec" ("nodeId", "generation", "content", "hash") SELECT id, generation, content, hash FROM v
    ), old AS (
      DELETE FROM "NodeSpec" s USING v WHERE s."nodeId" = v.id AND s."generation" < v.generation - 5
    )
    UPDATE "SubstrateNode" n SET "generation" = v.generation, "specHash" = v.hash FROM v WHERE n."id" = v.id`
}

/** Only what was read is marked: what came after it is not in these specs. */
async function markAsks(tx: Transaction, asks: readonly Ask[], all: ReadonlyMap<string, Numbered>): Promise<void> {
  const of = (kind: Ask['kind']) => {
    const some = asks.filter((a) => a.kind === kind && !(kind === 'wanted' && a.published) && all.has(a.nodeId))
    const generations = some.map((a) => all.get(a.nodeId)?.generation ?? 0)
    const settled = some.map((a) => all.get(a.nodeId)?.settled ?? 0)
    return { ids: some.map((a) => a.id), nodes: some.map((a) => a.nodeId), generations, settled }
  }
  const wanted = of('wanted')
  if (wanted.ids.length > 0)
    await tx.$executeRaw`
      UPDATE "Sliver" s SET "generation" = v.generation
      FROM unnest(${wanted.ids}::text[], ${wanted.nodes}::text[], ${wanted.generations}::int[]) AS v(id, node, generation)
      WHERE s."reservationId" = v.id AND s."nodeId" = v.node AND s."generation" = 0`
  // Where the spec says nothing new no report will come that tells of it: the node has said already that it has nothing of it.
  const ending = of('ending')
  if (ending.ids.length > 0)
    await tx.$executeRaw`
      UPDATE "Sliver" s SET "removedGeneration" = v.generation,
        "state" = CASE WHEN v.settled >= v.generation THEN 'gone' ELSE s."state" END,
        "hosts" = CASE WHEN v.settled >= v.generation THEN '{}' ELSE s."hosts" END,
        "links" = CASE WHEN v.settled >= v.generation THEN '{}' ELSE s."links" END
      FROM unnest(${ending.ids}::text[], ${ending.nodes}::text[], ${ending.generations}::int[], ${ending.settled}::int[])
        AS v(id, node, generation, settled)
      WHERE s."reservationId" = v.id AND s."nodeId" = v.node AND s."removedGeneration" IS NULL`
  const left = of('leftover')
  if (left.ids.length === 0) return
  await tx.$executeRaw`
    UPDATE "Leftover" l SET "removedGeneration" = v.generation
    FROM unnest(${left.ids}::int[], ${left.generations}::int[]) AS v(id, generation) WHERE l."id" = v.id`
  await tx.$executeRaw`
    DELETE FROM "Leftover" l USING unnest(${left.ids}::int[], ${left.generations}::int[], ${left.settled}::int[])
      AS v(id, generation, settled) WHERE l."id" = v.id AND v.settled >= v.generation`
}

async function publishIn(
  tx: Transaction,
  nodes: readonly SubstrateNodeId[],
  plans: PlanCache,
  mayPlan: boolean,
): Promise<Map<SubstrateNodeId, Published> | null> {
  // In the order of their ids, as everywhere: whoever publishes the same ones waits here, and finds nothing to do.
  const rows = await tx.$queryRaw<{ id: string; generation: number; specHash: string; settled: number }[]>`
    SELECT "id", "generation", "specHash", "settledGeneration" AS "settled" FROM "SubstrateNode"
    WHERE "id" = ANY(${[...nodes]}) ORDER BY "id" FOR NO KEY UPDATE`
  const asks = await readAsks(tx, nodes)
  if (!mayPlan && !plans.hasAll(wantedOf(asks))) return null
  const wanted = await plans.get(tx, wantedOf(asks))
  const underlays = await plans.underlays(tx)
  const live = await loadLive(tx, wanted)
  const onNode = new Map<string, SlicePlan[]>(rows.map(({ id }) => [id, []]))
  for (const { nodeId, kind, id } of asks) {
    const plan = kind === 'wanted' ? wanted.get(id) : undefined
    if (plan) onNode.get(nodeId)?.push(plan)
  }
  const all = new Map<SubstrateNodeId, Numbered>()
  for (const { id, generation, specHash, settled } of rows) {
    const node = nodeIdOf(id)
    const body = compileNodeSpec(node, onNode.get(id) ?? [], underlays, live)
    const text = JSON.stringify(body)
    const hash = hashOf(text)
    const isNew = hash !== specHash
    const next = isNew ? generation + 1 : generation
    // A large one is not made into text twice.
    const content = isNew ? `${text.slice(0, -1)},"generation":${next}}` : null
    all.set(node, { nodeId: id, generation: next, content, hash, settled })
  }
  await writeSpecs(tx, [...all.values()])
  await markAsks(tx, asks, all)
  return all
}

/**
 * Compiles the nodes' specs from what should run now, and publishes each as its node's next generation if it says anything
 * new. Nodes that are no more are left out of the answer. The nodes' rows are locked before anything is read (decision 44).
 */
export async function publishNodes(
  db: Database,
  nodes: readonly SubstrateNodeId[],
  plans: PlanCache,
): Promise<Map<SubstrateNodeId, Published>> {
  if (nodes.length === 0) return new Map()
  const write = (mayPlan: boolean) =>
    retryConflicts(() =>
      db.$transaction((tx) => publishIn(tx, nodes, plans, mayPlan), { timeout: 30_000, maxWait: 30_000 }),
    )
  // Read beside, while the rows are being locked, and awaited there: a failure is that of the whole.
  plans.underlays(db).catch(() => undefined)
  const done = await write(false)
  if (done) return done
  // Plans are the costly part and never change: made outside of the transaction, which then holds the rows but briefly.
  await plans.get(db, wantedOf(await readAsks(db, nodes)))
  return (await write(true)) ?? new Map()
}
