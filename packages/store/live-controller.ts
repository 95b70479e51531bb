// Which controller takes a terminal? Any that has been seen lately; the one that started last, as after an upgrade.
import type { Database } from './database'

/** Three heartbeats (apps/controller/controller.ts): one may be late. */
const FRESH_MS = 10_000

export async function findLiveController(db: Database, now: Date): Promise<{ gatewayUrl: string } | null> {
  return db.controllerInstance.findFirst({
    where: { seenAt: { gt: new Date(now.getTime() - FRESH_MS) } },
    orderBy: { startedAt: 'desc' },
    select: { gatewayUrl: true },
  })
}
