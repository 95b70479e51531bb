// What is there and what is promised of it, kept for a moment: who admits many need not read all of it for each. It may be
// out of date, which costs nothing but another try, since the database checks every promise (decision record 0017).
import { type Claims, Timeline, type Window } from '@myvini/core/reservation/timeline'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Database } from './database'
import { linkIdOf, loadSubstrate, nodeIdOf } from './substrate'

export interface Snapshot {
  substrate: Substrate
  timeline: Timeline
  /** Claims that ended before this are not in it; milliseconds since 1970. */
  sinceMs: number
  /** When reading began, by a clock that only serves to compare two of them. */
  readAtMs: number
}

/** Bookings may begin a little in the past, and what they overlap may just be ending. */
const MARGIN_MS = 10 * 60_000

interface NodeSum {
  nodeId: string
  fromMs: number
  untilMs: number
  cpuMilli: number
  memoryMib: number
  diskMib: number
  hostSlots: number
}

interface LinkSum {
  linkId: string
  fromMs: number
  untilMs: number
  mbps: number
}

/** Claims with the same window on the same node are one: labs and hours of the day make many of these. */
async function loadSums(db: Database, since: Date): Promise<Claims> {
  const [nodes, links] = await Promise.all([
    db.$queryRaw<NodeSum[]>`
      SELECT "nodeId", (extract(epoch FROM "startsAt") * 1000)::float8 AS "fromMs", (extract(epoch FROM "endsAt") * 1000)::float8 AS "untilMs",
        sum("cpuMilli")::int AS "cpuMilli", sum("memoryMib")::int AS "memoryMib", sum("diskMib")::int AS "diskMib",
        sum("hostSlots")::int AS "hostSlots"
      FROM "NodeClaim" WHERE "endsAt" > ${since} GROUP BY "nodeId", "startsAt", "endsAt"`,
    db.$queryRaw<LinkSum[]>`
      SELECT "substrateLinkId" AS "linkId", (extract(epoch FROM "startsAt") * 1000)::float8 AS "fromMs",
        (extract(epoch FROM "endsAt") * 1000)::float8 AS "untilMs", sum("mbps")::float8 AS "mbps"
      FROM "LinkClaim" WHERE "endsAt" > ${since} GROUP BY "substrateLinkId", "startsAt", "endsAt"`,
  ])
  return {
    nodes: nodes.map(({ nodeId, ...claim }) => ({ ...claim, node: nodeIdOf(nodeId) })),
    links: links.map(({ linkId, ...claim }) => ({ ...claim, link: linkIdOf(linkId) })),
  }
}

async function loadSnapshot(db: Database, since: Date): Promise<Snapshot> {
  const readAtMs = performance.now()
  const [substrate, claims] = await Promise.all([loadSubstrate(db), loadSums(db, since)])
  return { substrate, timeline: new Timeline(claims), sinceMs: since.getTime(), readAtMs }
}

export class Snapshots {
  private newest: Snapshot | null = null
  private reading: { sinceMs: number; begunAtMs: number; result: Promise<Snapshot> } | null = null

  constructor(
    private readonly db: Database,
    private readonly now: () => Date,
    private readonly mostAgeMs = 3000,
  ) {}

  /** One that is good for the window, read after `afterMs`; without it, one that is not older than a moment. */
  async get(window: Window, afterMs?: number): Promise<Snapshot> {
    const needed = Math.min(this.now().getTime(), window.fromMs)
    const oldest = afterMs ?? performance.now() - this.mostAgeMs
    const serves = (sinceMs: number, at: number) => sinceMs <= needed && at >= oldest
    if (this.newest && serves(this.newest.sinceMs, this.newest.readAtMs)) return this.newest
    if (this.reading && serves(this.reading.sinceMs, this.reading.begunAtMs)) return this.reading.result
    const sinceMs = needed - MARGIN_MS
    const reading = { sinceMs, begunAtMs: performance.now(), result: loadSnapshot(this.db, new Date(sinceMs)) }
    this.reading = reading
    try {
      this.newest = await reading.result
      return this.newest
    } finally {
      if (this.reading === reading) this.reading = null
    }
  }
}
