// What did a node report, as rows? Each sliver's parts, and when its reservation has come up or is gone.
import { partIdOf } from '@myvini/core/desired/naming'
import type { NodeReport, PartReport, SliverReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
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

/** What was last written of each sliver, so that a report that repeats itself costs the database nothing. */
export class ReportMemory {
  private last = new Map<string, string>()
  isNews(key: string, text: string): boolean {
    if (this.last.get(key) === text) return false
    this.last.set(key, text)
    return true
  }
  /** The node is about to be given another spec: parts may have gone and come back in between. */
  forgetNode(node: string) {
    for (const key of this.last.keys()) if (key.startsWith(`${node} `)) this.last.delete(key)
  }
  forget(reservation: string) {
    for (const key of this.last.keys()) if (key.endsWith(` ${reservation}`)) this.last.delete(key)
  }
}

/**
 * Writes a report. A report on an older generation than the newest published one still tells of what it has; slivers
 * that a settled generation no longer has are gone.
 */
export async function recordReport(
  db: Database,
  node: SubstrateNodeId,
  report: NodeReport,
  memory: ReportMemory,
): Promise<void> {
  for (const sliver of report.slivers) {
    const hosts = byId(sliver.hosts, sliver.reservation)
    const links = byId(sliver.links, sliver.reservation)
    if (!memory.isNews(`${node} ${sliver.reservation}`, JSON.stringify([hosts, links]))) continue
    await db.sliver.updateMany({
      where: { nodeId: node, reservationId: sliver.reservation },
      data: { hosts, links, state: stateOf(sliver) },
    })
  }
  if (!report.settled) return
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
}

/** How far a reservation is over all its nodes. */
export async function sliverStates(
  db: Database,
  reservationId: string,
): Promise<{ nodeId: string; state: SliverState }[]> {
  return db.sliver.findMany({ where: { reservationId }, select: { nodeId: true, state: true } })
}
