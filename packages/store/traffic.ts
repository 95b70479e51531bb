// What passes the links of the slivers on a node, as rows that the live view reads?
import { LinkEndPath } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { z } from 'zod'
import type { Database } from './database'

const Fate = z.object({ passed: z.number(), lost: z.number(), overflowed: z.number(), late: z.number() })
/** Of the packets of an emulated link, since it came up. */
export type Fate = z.infer<typeof Fate>

const Way = z.object({
  sent: z.number(),
  sentBytes: z.number(),
  arrived: z.number(),
  /** By reason (kernel/README.md). */
  drops: z.record(z.string(), z.number()),
})
/** Packets in one direction, since the link came up. */
export type Way = z.infer<typeof Way>
const Ways = z.tuple([Way, Way])
/** From the first end of the link to the second, and back. */
export type Ways = z.infer<typeof Ways>

const Traffic = z.record(
  z.string(),
  z.object({
    bps: z.number(),
    fate: Fate.optional(),
    ways: Ways.optional(),
    paths: z.array(LinkEndPath).optional(),
  }),
)

export const noWay = (): Way => ({ sent: 0, sentBytes: 0, arrived: 0, drops: {} })

export function addWay(sum: Way, more: Way): void {
  sum.sent += more.sent
  sum.sentBytes += more.sentBytes
  sum.arrived += more.arrived
  // A new object: this one may be another's.
  sum.drops = { ...sum.drops }
  for (const [reason, n] of Object.entries(more.drops)) sum.drops[reason] = (sum.drops[reason] ?? 0) + n
}

export interface LinkRate {
  egreKey: number
  /** Bits a second that the ends on one node send into the link. */
  bps: number
  fate?: Fate
  ways?: Ways
  /** Of the ends at routers of one node. */
  paths?: LinkEndPath[]
}

/** `rates` are of this node's ends; each sliver keeps those of its own links. Links that never carried anything are left out. */
export async function recordTraffic(db: Database, node: SubstrateNodeId, rates: readonly LinkRate[]): Promise<void> {
  const moving = new Map(
    rates.filter((r) => r.bps > 0 || r.fate || r.ways || r.paths).map(({ egreKey, ...rest }) => [egreKey, rest]),
  )
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

/** What went which way over each link and what was dropped why, over all of a reservation's nodes. */
export function sumWays(slivers: readonly { traffic: unknown }[]): Map<string, Ways> {
  const sums = new Map<string, Ways>()
  for (const { traffic } of slivers)
    for (const [link, { ways }] of Object.entries(Traffic.parse(traffic))) {
      if (!ways) continue
      const sum = sums.get(link) ?? [noWay(), noWay()]
      addWay(sum[0], ways[0])
      addWay(sum[1], ways[1])
      sums.set(link, sum)
    }
  return sums
}

/** By which path routers pass packets on, by link, at those of its ends that are a router's. */
export function pathsOf(slivers: readonly { traffic: unknown }[]): Map<string, LinkEndPath[]> {
  const all = new Map<string, LinkEndPath[]>()
  for (const { traffic } of slivers)
    for (const [link, { paths }] of Object.entries(Traffic.parse(traffic)))
      if (paths) all.set(link, [...(all.get(link) ?? []), ...paths])
  return all
}
