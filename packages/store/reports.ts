// What did a node report, as rows? Each sliver's parts, and when its reservation has come up or is gone.
import { partIdOf } from '@myvini/core/desired/naming'
import type { NodeReport, PartReport, SliverReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { z } from 'zod'
import type { Database, Transaction } from './database'
import type { SliverState } from './generated/enums'
import { retryConflicts } from './retry'

/** Nodes speak of `reservation-id`, pages of the id alone. */
const byId = (parts: SliverReport['hosts'], reservation: string): Record<string, PartReport> =>
  Object.fromEntries(Object.entries(parts).map(([key, part]) => [partIdOf(reservation, key), part]))

function stateOf(sliver: SliverReport): SliverState {
  const parts = [...Object.values(sliver.hosts), ...Object.values(sliver.links)]
  if (parts.some((p) => p.state === 'failed')) return 'failed'
  return parts.every((p) => p.state === 'up' || p.state === 'stopped') ? 'up' : 'pending'
}

const Parts = z.record(z.string(), z.unknown())

/** The same text for the same parts, in whatever order the database or the node lists them. */
function textOf(hosts: Record<string, unknown>, links: Record<string, unknown>): string {
  const sorted = (parts: Record<string, unknown>) =>
    Object.keys(parts)
      .toSorted()
      .map((key) => [key, parts[key]])
  return JSON.stringify([sorted(hosts), sorted(links)])
}

/** What is written of each sliver, so that a report that repeats itself costs the database nothing. */
export class ReportMemory {
  /** By node, then by reservation. */
  private last = new Map<string, Map<string, string>>()
  private settled = new Map<string, number>()

  /** Read once a node: a controller that has just started writes only what has changed while nobody looked. */
  async of(db: Database, nodes: readonly SubstrateNodeId[]): Promise<ReadonlyMap<string, Map<string, string>>> {
    const unknown = nodes.filter((node) => !this.last.has(node))
    if (unknown.length > 0) {
      const rows = await db.sliver.findMany({
        where: { nodeId: { in: unknown }, state: { not: 'gone' } },
        select: { nodeId: true, reservationId: true, hosts: true, links: true },
      })
      for (const node of unknown) this.last.set(node, new Map())
      for (const { nodeId, reservationId, hosts, links } of rows)
        this.last.get(nodeId)?.set(reservationId, textOf(Parts.parse(hosts), Parts.parse(links)))
    }
    return this.last
  }

  isSettled = (node: SubstrateNodeId, generation: number): boolean => (this.settled.get(node) ?? -1) >= generation

  settle(node: SubstrateNodeId, generation: number) {
    this.settled.set(node, generation)
  }

  /** Somebody else may look after the node from now on. */
  leave(node: string) {
    this.last.delete(node)
    this.settled.delete(node)
  }

  /** The node is about to be given another spec: parts may have gone and come back in between. */
  forgetNode(node: string) {
    this.last.delete(node)
  }

  forget(reservation: string) {
    for (const node of this.last.values()) node.delete(reservation)
  }
}

export interface NodeAndReport {
  node: SubstrateNodeId
  report: NodeReport
}

/**
 * Writes reports, at most one of a node; tells of each whether anything of it was news. A report on an older generation than
 * the newest published one still tells of what it has; slivers that a settled generation no longer has are gone.
 */
export async function recordReports(
  db: Database,
  reports: readonly NodeAndReport[],
  memory: ReportMemory,
): Promise<boolean[]> {
  // It has been given nothing yet: there is nothing to tell of.
  const given = reports.filter(({ report }) => report.generation > 0)
  const last = await memory.of(
    db,
    given.filter(({ report }) => report.slivers.length > 0).map(({ node }) => node),
  )
  const news = given.flatMap(({ node, report }) =>
    report.slivers.flatMap((sliver) => {
      const hosts = byId(sliver.hosts, sliver.reservation)
      const links = byId(sliver.links, sliver.reservation)
      const text = textOf(hosts, links)
      const { reservation } = sliver
      if (last.get(node)?.get(reservation) === text) return []
      return [{ node, reservation, hosts, links, state: stateOf(sliver), text }]
    }),
  )
  const settled = given.filter(({ node, report }) => report.settled && !memory.isSettled(node, report.generation))
  if (news.length > 0)
    await retryConflicts(() => db.$transaction((tx) => write(tx, news, settled), { timeout: 20_000, maxWait: 20_000 }))
  else if (settled.length > 0) await retryConflicts(() => writeSettled(db, settled))
  for (const { node, reservation, text } of news) last.get(node)?.set(reservation, text)
  for (const { node, report } of settled) memory.settle(node, report.generation)
  const touched = new Set([...news, ...settled].map(({ node }) => node))
  return reports.map(({ node }) => touched.has(node))
}

interface SliverNews {
  node: string
  reservation: string
  hosts: Record<string, PartReport>
  links: Record<string, PartReport>
  state: SliverState
  /** All of it as one text, to compare with. */
  text: string
}

async function write(tx: Transaction, news: readonly SliverNews[], settled: readonly NodeAndReport[]): Promise<void> {
  // Before their slivers and in the order of their ids, as whoever publishes does: nobody waits in a circle.
  const all = [...new Set([...settled.map(({ node }) => node as string), ...news.map((n) => n.node)])]
  const rows = JSON.stringify(news.map(({ text: _, ...row }) => row))
  await tx.$queryRaw`SELECT 1 FROM "SubstrateNode" WHERE "id" = ANY(${all}) ORDER BY "id" FOR NO KEY UPDATE`
  await tx.$executeRaw`
    UPDATE "Sliver" s SET "hosts" = v.hosts, "links" = v.links, "state" = v.state::"SliverState", "updatedAt" = now()
    FROM jsonb_to_recordset(${rows}::jsonb) AS v(node text, reservation text, hosts jsonb, links jsonb, state text)
    WHERE s."nodeId" = v.node AND s."reservationId" = v.reservation`
  if (settled.length > 0) await writeSettled(tx, settled)
}

/**
 * Nodes have reached these generations; what moved away from them is gone there, and its keys and user ids are free. One
 * statement, as somebody may wait for it. It sees what was published, since a node is told of that only once it is written.
 * `v` is taken, and with it their rows in the order of their ids, before anything is changed: all else is joined to it.
 */
async function writeSettled(tx: Database | Transaction, settled: readonly NodeAndReport[]): Promise<void> {
  const nodes = settled.map(({ node }) => node)
  const generations = settled.map(({ report }) => report.generation)
  await tx.$executeRaw`
    WITH locked AS MATERIALIZED (
      SELECT "id" FROM "SubstrateNode" WHERE "id" = ANY(${nodes}::text[]) ORDER BY "id" FOR NO KEY UPDATE
    ), v AS MATERIALIZED (
      SELECT l."id", u.generation FROM locked l
      JOIN unnest(${nodes}::text[], ${generations}::int[]) AS u(id, generation) ON u.id = l."id"
    ), reached AS (
      UPDATE "SubstrateNode" n SET "settledGeneration" = v.generation
      FROM v WHERE n."id" = v."id" AND n."settledGeneration" < v.generation
    ), moved AS (
      DELETE FROM "Leftover" l USING v WHERE l."nodeId" = v."id" AND l."removedGeneration" <= v.generation
    )
    UPDATE "Sliver" s SET "state" = 'gone', "hosts" = '{}', "links" = '{}', "updatedAt" = now()
    FROM v WHERE s."nodeId" = v."id" AND s."removedGeneration" <= v.generation AND s."state" <> 'gone'`
}

/** How far a reservation is over all its nodes. */
export async function sliverStates(
  db: Database,
  reservationId: string,
): Promise<{ nodeId: string; state: SliverState }[]> {
  return db.sliver.findMany({ where: { reservationId }, select: { nodeId: true, state: true } })
}
