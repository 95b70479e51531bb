// What passes the links of the slivers on a node, as rows that the live view reads?
import type { SubstrateNodeId } from '@myvini/core/ids'
import { z } from 'zod'
import type { Database } from './database'

const Fate = z.object({ passed: z.number(), lost: z.number(), overflowed: z.number(), late: z.number() })
/** Of the packets of an emulated link, since it came up. */
export type Fate = z.infer<typeof Fate>
const Traffic = z.record(z.string(), z.object({ bps: z.number(), fate: Fate.optional() }))

export interface LinkRate {
  egreKey: number
  /** Bits a second that the ends on one node send into the link. */
  bps: number
  fate?: Fate
}

/** `rates` are of this node's ends; each sliver keeps those of its own links. Links that rest are left out. */
export async function recordTraffic(db: Database, node: SubstrateNodeId, rates: readonly LinkRate[]): Promise<void> {
  const moving = new Map(rates.filter((r) => r.bps > 0 || r.fate).map(({ egreKey, ...rest }) => [egreKey, rest]))
  const slivers = await db.sliver.findMany({
    where: { nodeId: node, state: { not: 'gone' } },
    select: { reservationId: true, traffic: true },
  })
  const links = await db.linkPlacement.findMany({ where: { egreKey: { in: [...moving.keys()] } } })
  for (const { reservationId, traffic: before } of slivers) {
    const mine = links.filter((l) => l.reservationId === reservationId)
    const traffic = Object.fromEntries(mine.map((l) => [l.linkId, moving.get(l.egreKey) ?? { bps: 0 }]))
    if (JSON.stringify(traffic) === JSON.stringify(before)) continue
    await db.sliver.update({ where: { reservationId_nodeId: { reservationId, nodeId: node } }, data: { traffic } })
  }
}

/** Bits a second by link, both directions together, over all of a reservation's nodes. */
export function sumTraffic(slivers: readonly { traffic: unknown }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { traffic } of slivers)
    for (const [link, { bps }] of Object.entries(Traffic.parse(traffic))) sums.set(link, (sums.get(link) ?? 0) + bps)
  return sums
}

/** What became of the packets of emulated links, both directions together. */
export function sumFates(slivers: readonly { traffic: unknown }[]): Map<string, Fate> {
  const sums = new Map<string, Fate>()
  for (const { traffic } of slivers)
    for (const [link, { fate }] of Object.entries(Traffic.parse(traffic))) {
      if (!fate) continue
      const sum = sums.get(link) ?? { passed: 0, lost: 0, overflowed: 0, late: 0 }
      sums.set(link, {
        passed: sum.passed + fate.passed,
        lost: sum.lost + fate.lost,
        overflowed: sum.overflowed + fate.overflowed,
        late: sum.late + fate.late,
      })
    }
  return sums
}
