// How much of each node and link is already promised within a window? The peak, since a promise holds at every instant.
import { type Claims, Timeline } from '@myvini/core/reservation/timeline'
import type { Usage } from '@myvini/core/substrate/usage'
import type { Database, Transaction } from './database'
import { linkIdOf, nodeIdOf } from './substrate'

interface Range {
  startsAt: Date
  endsAt: Date
}

/** Claims that touch the window, as core counts them. `except`: a reservation to leave out, as if it were not there. */
export async function loadClaims(db: Database | Transaction, window: Range, except?: string): Promise<Claims> {
  const overlapping = {
    startsAt: { lt: window.endsAt },
    endsAt: { gt: window.startsAt },
    ...(except !== undefined && { reservationId: { not: except } }),
  }
  const times = (c: Range) => ({ fromMs: c.startsAt.getTime(), untilMs: c.endsAt.getTime() })
  const nodes = await db.nodeClaim.findMany({ where: overlapping })
  const links = await db.linkClaim.findMany({ where: overlapping })
  return {
    nodes: nodes.map((c) => ({
      ...times(c),
      node: nodeIdOf(c.nodeId),
      cpuMilli: c.cpuMilli,
      memoryMib: c.memoryMib,
      diskMib: c.diskMib,
      hostSlots: c.hostSlots,
    })),
    links: links.map((c) => ({ ...times(c), link: linkIdOf(c.substrateLinkId), mbps: c.mbps })),
  }
}

export async function loadUsage(db: Database | Transaction, window: Range, except?: string): Promise<Usage> {
  const claims = await loadClaims(db, window, except)
  return new Timeline(claims).usageWithin({ fromMs: window.startsAt.getTime(), untilMs: window.endsAt.getTime() })
}
