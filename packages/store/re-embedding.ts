// Which reservations hang on nodes that have failed, and how do they get another embedding? The rows of the new one take
// the place of the old in one transaction; what nodes may still have of the old is remembered until they are rid of it.
import { NO_CONTROL, withControl } from '@myvini/core/desired/host-control'
import type { Embedding } from '@myvini/core/embedding/embedding'
import type { ReEmbedding } from '@myvini/core/embedding/re-embed'
import { LinkId, type SubstrateNodeId } from '@myvini/core/ids'
import { ON_NODES, TRANSITIONS } from '@myvini/core/reservation/state'
import type { Window } from '@myvini/core/reservation/timeline'
import type { Problem } from '@myvini/core/result'
import { Topology } from '@myvini/core/topology/topology'
import { embeddingDocument, type PlannedEmbedding, underGuard } from './admission'
import { Placement } from './approved'
import { writeAudit } from './audit'
import type { Database } from './database'
import { Prisma } from './generated/client'
import { tell } from './reservations'
import { linkIdOf, nodeIdOf } from './substrate'

export interface Stranded {
  id: string
  sliceId: string
  version: number
  /** As drawn, with what its hosts were given since: so much of the nodes is claimed, and goes with them. */
  topology: Topology
  window: Window
  placement: Placement
  current: Embedding
  /** Nodes that have not answered for longer than the grace, with their names. */
  lost: ReadonlyMap<SubstrateNodeId, string>
}

/** Ids of reservations with a part on a node that has not answered for `graceSeconds`. */
export async function findStranded(db: Database, graceSeconds: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT r."id" FROM "Reservation" r JOIN "Sliver" s ON s."reservationId" = r."id" JOIN "SubstrateNode" n ON n."id" = s."nodeId"
    WHERE r."state" = ANY(${[...ON_NODES]}::"ReservationState"[]) AND n."health" = 'unreachable'
      AND n."healthSince" <= now() - make_interval(secs => ${graceSeconds}::float8)
    ORDER BY r."id"`
  return rows.map(({ id }) => id)
}

/** When the next node will have been silent for long enough; null where all answer or have failed already. */
export async function nextFailure(db: Database, graceSeconds: number): Promise<number | null> {
  const [row] = await db.$queryRaw<{ inMs: number | null }[]>`
    SELECT (min(extract(epoch FROM "healthSince" + make_interval(secs => ${graceSeconds}::float8) - now())) * 1000)::float8 AS "inMs"
    FROM "SubstrateNode"
    WHERE "health" = 'unreachable' AND "healthSince" > now() - make_interval(secs => ${graceSeconds}::float8)`
  return row?.inMs ?? null
}

/** Null: it is over, or its nodes are back. */
export async function loadStranded(db: Database, id: string, graceSeconds: number): Promise<Stranded | null> {
  const row = await db.reservation.findFirst({
    where: { id, state: { in: [...ON_NODES] } },
    include: { revision: true, controls: true, placements: true, links: true, slivers: { include: { node: true } } },
  })
  if (!row) return null
  const silentSince = Date.now() - graceSeconds * 1000
  const lost = row.slivers
    .map(({ node }) => node)
    .filter((node) => node.health === 'unreachable' && node.healthSince.getTime() <= silentSince)
  if (lost.length === 0) return null
  const drawn = Topology.parse(row.revision.document)
  const controls = new Map(row.controls.map((control) => [control.virtualId, control]))
  return {
    id,
    sliceId: row.sliceId,
    version: row.embeddingVersion,
    topology: { ...drawn, hosts: drawn.hosts.map((host) => withControl(host, controls.get(host.id) ?? NO_CONTROL)) },
    window: { fromMs: row.startsAt.getTime(), untilMs: row.endsAt.getTime() },
    placement: Placement.parse(row.placement),
    current: {
      nodes: new Map(row.placements.map((p) => [p.virtualId, nodeIdOf(p.nodeId)])),
      paths: new Map(row.links.map((l) => [LinkId.parse(l.linkId), l.path.map(linkIdOf)])),
    },
    lost: new Map(lost.map((node) => [nodeIdOf(node.id), node.name])),
  }
}

export type ReEmbeddingOutcome = 'moved' | 'overbooked' | 'stale' | 'changed'

export function writeReEmbedding(
  db: Database,
  stranded: Stranded,
  planned: Omit<PlannedEmbedding, 'embedding' | 'topology'> & { result: ReEmbedding },
  story: string,
): Promise<ReEmbeddingOutcome> {
  const { result, request, substrate } = planned
  const { id, topology, version } = stranded
  const plan = embeddingDocument({ topology, request, substrate, embedding: result.embedding })
  return underGuard(() =>
    db.$transaction(
      async (tx) => {
        const [row] = await tx.$queryRaw<{ moved: boolean }[]>`
          SELECT reembed_reservation(${id}, ${[...TRANSITIONS.reembed.from]}::"ReservationState"[], ${version}::int, ${plan}::jsonb,
            ${[...result.replaced]}::text[]) AS moved`
        if (!row?.moved) return 'changed'
        await tx.reservation.update({ where: { id }, data: { problem: Prisma.DbNull } })
        await tell(tx, stranded.sliceId, 'moved', story)
        await writeAudit(tx, {
          actorId: null,
          action: 'reservation.re-embed',
          subjectType: 'reservation',
          subjectId: id,
          detail: { lost: [...stranded.lost.values()], moved: [...result.moved], links: result.replaced.length },
        })
        return 'moved'
      },
      { timeout: 20_000, maxWait: 20_000 },
    ),
  )
}

/** Writes down who is hurt and tells them, once for each way of saying it. */
export async function tellHurt(db: Database, { id, sliceId }: Stranded, problem: Problem): Promise<void> {
  const row = await db.reservation.findUnique({ where: { id }, select: { problem: true, state: true } })
  const known = row?.problem as Problem | null | undefined // written only by our own code, as a Problem
  if (!row || known?.message === problem.message) return
  await db.$transaction(async (tx) => {
    const { count } = await tx.reservation.updateMany({
      where: { id, state: { in: [...ON_NODES] } },
      data: { problem: { ...problem, subject: problem.subject ?? null } },
    })
    if (count > 0) await tell(tx, sliceId, 'hurt', `${problem.message} ${problem.hint}`)
  })
}
