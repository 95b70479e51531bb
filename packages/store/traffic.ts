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

/** Over all of a reservation's nodes, by link. */
export interface LinkTraffic {
  /** Bits a second, both directions together. */
  bps: Record<string, number>
  /** What became of the packets of emulated links, both directions together. */
  fates: Record<string, Fate>
  /** What went which way and what was dropped why. */
  ways: Record<string, Ways>
  /** By which path routers pass packets on, at those ends that are a router's. */
  paths: Record<string, LinkEndPath[]>
}

export function sumTraffic(slivers: readonly { traffic: unknown }[]): LinkTraffic {
  const sum: LinkTraffic = { bps: {}, fates: {}, ways: {}, paths: {} }
  for (const sliver of slivers)
    for (const [link, { bps, fate, ways, paths }] of Object.entries(Traffic.parse(sliver.traffic))) {
      sum.bps[link] = (sum.bps[link] ?? 0) + bps
      if (fate) {
        const all = sum.fates[link] ?? { passed: 0, lost: 0, overflowed: 0, late: 0 }
        sum.fates[link] = {
          passed: all.passed + fate.passed,
          lost: all.lost + fate.lost,
          overflowed: all.overflowed + fate.overflowed,
          late: all.late + fate.late,
        }
      }
      if (ways) {
        const all = sum.ways[link] ?? [noWay(), noWay()]
        addWay(all[0], ways[0])
        addWay(all[1], ways[1])
        sum.ways[link] = all
      }
      if (paths) sum.paths[link] = [...(sum.paths[link] ?? []), ...paths]
    }
  return sum
}
