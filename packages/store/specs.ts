// What does a node's spec say, and which number has it? Compiled from rows, published as the next generation.
import { createHash } from 'node:crypto'
import {
  type ActiveSlice,
  compileNodeSpec,
  planSlice,
  type SlicePlan,
  type Underlay,
} from '@myvini/core/desired/compile'
import type { NodeSpec, NodeSpecBody } from '@myvini/core/desired/node-spec'
import { LinkId, ReservationId, SliceId, type SubstrateLinkId, type SubstrateNodeId } from '@myvini/core/ids'
import { ON_NODES } from '@myvini/core/reservation/state'
import type { Emulation } from '@myvini/core/topology/emulation'
import { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'
import { loadEmulations, loadTraces } from './emulation'
import { loadControls } from './host-control'
import { resolveImages } from './images'
import { loadPolicy } from './policy'
import { retryConflicts } from './retry'
import { linkIdOf, loadUnderlays, nodeIdOf } from './substrate'

const UIDS_PER_RANGE = 65_536

/** The first range is the machine's own users, so leased slots begin with the second. */
const uidBaseOf = (slot: number): number => UIDS_PER_RANGE * (slot + 1)

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

async function loadActiveSlice(
  db: Database | Transaction,
  reservationId: string,
): Promise<{ active: ActiveSlice; version: number } | null> {
  const row = await db.reservation.findUnique({
    where: { id: reservationId },
    include: {
      revision: { select: { document: true } },
      slice: { select: { id: true, name: true, project: { select: { slug: true } } } },
      placements: true,
      links: true,
      uidRange: true,
      hostUids: true,
      slivers: { select: { nodeId: true } },
    },
  })
  if (!row?.uidRange) return null
  const base = uidBaseOf(row.uidRange.slot)
  const topology = Topology.parse(row.revision.document)
  // What was the newest when it was booked stays so: a running host does not change its image under its user.
  const images = await resolveImages(
    db,
    topology.hosts.map((h) => h.image),
    row.requestedAt,
  )
  const active = {
    slice: SliceId.parse(row.slice.id),
    reservation: ReservationId.parse(row.id),
    label: `${row.slice.project.slug}/${row.slice.name}`,
    topology,
    images,
    nodes: new Map(row.placements.map((p) => [p.virtualId, nodeIdOf(p.nodeId)])),
    paths: new Map(row.links.map((l) => [LinkId.parse(l.linkId), l.path.map(linkIdOf)])),
    keys: new Map(row.links.map((l) => [LinkId.parse(l.linkId), l.egreKey])),
    hostUidBases: new Map(row.hostUids.map((h) => [h.virtualId, uidBaseOf(h.slot)])),
    uidBases: new Map(row.slivers.map((s) => [nodeIdOf(s.nodeId), base])),
  }
  return { active, version: row.embeddingVersion }
}

/** A reservation on a node, in the embedding that it has by now. */
interface Wanted {
  reservationId: string
  version: number
}

/**
 * Plans of running slices. An embedding never changes, another takes its place, so its plan is made once; the oldest leave
 * when there are many, and are made again when asked for.
 */
export class PlanCache {
  private plans = new Map<string, { version: number; plan: SlicePlan }>()
  private known: Promise<Map<SubstrateLinkId, Underlay>> | null = null
  constructor(private readonly most = 2000) {}

  async get(
    db: Database | Transaction,
    { reservationId, version }: Wanted,
    underlays: ReadonlyMap<SubstrateLinkId, Underlay>,
  ): Promise<SlicePlan | null> {
    const known = this.plans.get(reservationId)
    if (known?.version === version) return known.plan
    const loaded = await loadActiveSlice(db, reservationId)
    if (!loaded) return null
    const plan = planSlice(loaded.active, underlays)
    const oldest = this.plans.keys().next().value
    if (this.plans.size >= this.most && oldest !== undefined) this.plans.delete(oldest)
    this.plans.set(reservationId, { version: loaded.version, plan })
    return plan
  }

  forget(reservationId: string) {
    this.plans.delete(reservationId)
  }

  /** The substrate's links, read once for all nodes that are published together. */
  underlays(db: Database | Transaction): Promise<Map<SubstrateLinkId, Underlay>> {
    this.known ??= loadUnderlays(db).catch((error: unknown) => {
      this.known = null
      throw error
    })
    return this.known
  }

  lookAgain() {
    this.known = null
  }
}

export interface Published {
  generation: number
  /** False when the newest spec said the same already. */
  isNew: boolean
}

const onNode = (node: SubstrateNodeId) => ({
  where: { nodeId: node, reservation: { state: { in: [...ON_NODES] } } },
  select: { reservationId: true, reservation: { select: { embeddingVersion: true } } },
})

const wantedOf = (row: { reservationId: string; reservation: { embeddingVersion: number } }): Wanted => ({
  reservationId: row.reservationId,
  version: row.reservation.embeddingVersion,
})

/** Traces that links of a slice follow, by its drawing or by what was set since. */
function tracesOf({ active }: SlicePlan, changed: ReadonlyMap<string, Emulation | null> | undefined): string[] {
  const now = [...active.topology.links.map((l) => l.emulation), ...(changed?.values() ?? [])]
  return now.flatMap((both) => (both ?? []).flatMap((i) => (i.trace ? [i.trace.id] : [])))
}

async function compileFor(tx: Transaction, node: SubstrateNodeId, plans: PlanCache): Promise<NodeSpecBody> {
  const underlays = await plans.underlays(tx)
  const wanted: SlicePlan[] = []
  for (const row of await tx.sliver.findMany(onNode(node))) {
    const plan = await plans.get(tx, wantedOf(row), underlays)
    if (plan) wanted.push(plan)
  }
  const { shareIdle, gateways } = await loadPolicy(tx)
  const emulations = await loadEmulations(
    tx,
    wanted.map((plan) => plan.active.reservation),
  )
  const used = wanted.flatMap((plan) => tracesOf(plan, emulations.get(plan.active.reservation)))
  const controls = await loadControls(
    tx,
    wanted.map((plan) => plan.active.reservation),
  )
  return compileNodeSpec(node, wanted, underlays, {
    idle: shareIdle,
    gateways,
    emulations,
    controls,
    traces: await loadTraces(tx, used),
  })
}

/** Plans are the costly part and never change: made before the transaction, which then holds the node's row but briefly. */
async function warmPlans(db: Database, node: SubstrateNodeId, plans: PlanCache): Promise<void> {
  const [rows, underlays] = await Promise.all([db.sliver.findMany(onNode(node)), plans.underlays(db)])
  for (const row of rows) await plans.get(db, wantedOf(row), underlays)
}

/**
 * Compiles the node's spec from what should run now and publishes it as the next generation if it says anything new.
 * The node's row is locked, so two controllers publish one after the other, and the second finds nothing to do.
 */
export async function publishNode(db: Database, node: SubstrateNodeId, plans: PlanCache): Promise<Published> {
  await warmPlans(db, node, plans)
  // One snapshot for all that is read: a slice that begins to end meanwhile is either in this spec or marked as gone from it.
  const publish = () =>
    db.$transaction(
      async (tx) => {
        const [row] = await tx.$queryRaw<{ generation: number; specHash: string; settledGeneration: number }[]>`
        SELECT "generation", "specHash", "settledGeneration" FROM "SubstrateNode" WHERE "id" = ${node} FOR UPDATE`
        if (!row) throw new Error(`substrate node ${node} is gone`)
        const body = await compileFor(tx, node, plans)
        const hash = hashOf(JSON.stringify(body))
        const isNew = hash !== row.specHash
        const generation = isNew ? row.generation + 1 : row.generation
        if (isNew) {
          const content = JSON.stringify({ ...body, generation } satisfies NodeSpec)
          await tx.nodeSpec.create({ data: { nodeId: node, generation, content, hash } })
          await tx.nodeSpec.deleteMany({ where: { nodeId: node, generation: { lt: generation - 5 } } })
          await tx.substrateNode.update({ where: { id: node }, data: { generation, specHash: hash } })
        }
        await tx.sliver.updateMany({
          where: { nodeId: node, generation: 0, reservation: { state: { in: [...ON_NODES] } } },
          data: { generation },
        })
        await tx.sliver.updateMany({
          where: { nodeId: node, removedGeneration: null, reservation: { state: 'ending' } },
          data: { removedGeneration: generation },
        })
        await tx.leftover.updateMany({
          where: { nodeId: node, removedGeneration: null },
          data: { removedGeneration: generation },
        })
        // Where the spec says nothing new no report will come that tells of it.
        await tx.$executeRaw`
          DELETE FROM "Leftover" l USING "SubstrateNode" n
          WHERE l."nodeId" = ${node} AND n."id" = l."nodeId" AND l."removedGeneration" <= n."settledGeneration"`
        // The node has said already that it has nothing of them, and will not say so again.
        if (row.settledGeneration >= generation)
          await tx.sliver.updateMany({
            where: { nodeId: node, removedGeneration: { lte: row.settledGeneration }, state: { not: 'gone' } },
            data: { state: 'gone', hosts: {}, links: {} },
          })
        return { generation, isNew }
      },
      { isolationLevel: 'RepeatableRead', timeout: 20_000, maxWait: 20_000 },
    )
  return retryConflicts(publish)
}

export async function loadSpec(db: Database, node: SubstrateNodeId, generation: number): Promise<string | null> {
  const row = await db.nodeSpec.findUnique({ where: { nodeId_generation: { nodeId: node, generation } } })
  return row?.content ?? null
}

/** Nodes whose newest spec has not been reached yet, or that have slivers not yet published. */
export async function findUnsettledNodes(db: Database): Promise<SubstrateNodeId[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "SubstrateNode" WHERE "settledGeneration" < "generation" OR ("generation" > 0 AND "specHash" = '')
    UNION
    SELECT s."nodeId" FROM "Sliver" s JOIN "Reservation" r ON r."id" = s."reservationId"
    WHERE (s."generation" = 0 AND r."state" IN ('provisioning', 'running', 'degraded', 'failed'))
       OR (s."removedGeneration" IS NULL AND r."state" = 'ending')
    UNION
    SELECT "nodeId" FROM "Leftover" WHERE "removedGeneration" IS NULL`
  return rows.map((row) => nodeIdOf(row.id))
}

/** The node has accepted generations that this database does not know, as after a restore: the next one is beyond them. */
export async function raiseGeneration(db: Database, node: SubstrateNodeId, atLeast: number): Promise<void> {
  // Without a hash the next publication counts as new whatever it says.
  await db.substrateNode.updateMany({
    where: { id: node, generation: { lte: atLeast } },
    data: { generation: atLeast, specHash: '' },
  })
}
