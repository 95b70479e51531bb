// Which controller takes a terminal? Any that has been seen lately; the one that started last, as after an upgrade.
import type { Database } from './database'

/** Three heartbeats (apps/controller/controller.ts): one may be late. */
const FRESH_MS = 10_000

/** One that was killed is among them for as long as nobody could know. */
export async function listLiveControllers(db: Database, now: Date): Promise<{ gatewayUrl: string }[]> {
  return db.controllerInstance.findMany({
    where: { seenAt: { gt: new Date(now.getTime() - FRESH_MS) } },
    orderBy: { startedAt: 'desc' },
    select: { gatewayUrl: true },
  })
}

export async function findLiveController(db: Database, now: Date): Promise<{ gatewayUrl: string } | null> {
  const [newest] = await listLiveControllers(db, now)
  return newest ?? null
}
