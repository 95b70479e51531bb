// What did a node report, as rows? Each sliver's parts, and when its reservation has come up or is gone.
import { partIdOf } from '@myvini/core/desired/naming'
import type { NodeReport, PartReport, SliverReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { z } from 'zod'
import type { Database } from './database'
import type { SliverState } from './generated/enums'

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
  async of(db: Database, node: SubstrateNodeId): Promise<Map<string, string>> {
    const known = this.last.get(node)
    if (known) return known
    const rows = await db.sliver.findMany({
      where: { nodeId: node, state: { not: 'gone' } },
      select: { reservationId: true, hosts: true, links: true },
    })
    const read = new Map(
      rows.map((row) => [row.reservationId, textOf(Parts.parse(row.hosts), Parts.parse(row.links))] as const),
    )
    this.last.set(node, read)
    return read
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

/**
 * Writes a report; tells whether anything of it was news. A report on an older generation than the newest published one
 * still tells of what it has; slivers that a settled generation no longer has are gone.
 */
export async function recordReport(
  db: Database,
  node: SubstrateNodeId,
  report: NodeReport,
  memory: ReportMemory,
): Promise<boolean> {
  if (report.generation === 0) return false // it has been given nothing yet: there is nothing to tell of
  const last = await memory.of(db, node)
  const news = report.slivers.flatMap((sliver) => {
    const hosts = byId(sliver.hosts, sliver.reservation)
    const links = byId(sliver.links, sliver.reservation)
    const text = textOf(hosts, links)
    const { reservation } = sliver
    return last.get(reservation) === text ? [] : [{ reservation, hosts, links, state: stateOf(sliver), text }]
  })
  if (news.length > 0) {
    const rows = JSON.stringify(news.map(({ text: _, ...row }) => row))
    await db.$executeRaw`
      UPDATE "Sliver" s SET "hosts" = v.hosts, "links" = v.links, "state" = v.state::"SliverState", "updatedAt" = now()
      FROM jsonb_to_recordset(${rows}::jsonb) AS v(reservation text, hosts jsonb, links jsonb, state text)
      WHERE s."nodeId" = ${node} AND s."reservationId" = v.reservation`
    for (const { reservation, text } of news) last.set(reservation, text)
  }
  if (!report.settled || memory.isSettled(node, report.generation)) return news.length > 0
  await db.$transaction([
    db.substrateNode.updateMany({
      where: { id: node, settledGeneration: { lt: report.generation } },
      data: { settledGeneration: report.generation },
    }),
    db.sliver.updateMany({
      where: { nodeId: node, removedGeneration: { lte: report.generation }, state: { not: 'gone' } },
      data: { state: 'gone', hosts: {}, links: {} },
    }),
    // What moved away from it is gone there by now: its keys and user ids are free.
    db.leftover.deleteMany({ where: { nodeId: node, removedGeneration: { lte: report.generation } } }),
  ])
  memory.settle(node, report.generation)
  return true
}

/** How far a reservation is over all its nodes. */
export async function sliverStates(
  db: Database,
  reservationId: string,
): Promise<{ nodeId: string; state: SliverState }[]> {
  return db.sliver.findMany({ where: { reservationId }, select: { nodeId: true, state: true } })
}
