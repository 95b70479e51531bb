// How busy are a node and the links on it? Asked every few seconds, turned from counters into rates, and written down
// only where something moved.
import type { LinkEndPath, NodeStats } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Database } from '@myvini/store/database'
import { addWay, type Fate, type LinkRate, noWay, recordTraffic, type Ways } from '@myvini/store/traffic'
import type { NodeConnection } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import type { LoadBook } from './load-book'

interface Reading {
  atMs: number
  bytes: Map<number, number>
  fates?: Map<number, Fate>
  ways?: Map<number, Ways>
  paths?: Map<number, LinkEndPath[]>
}

/** Pure: counters at two instants to rates. A counter that went back was made anew, so its rate starts from zero. */
export function ratesBetween(before: Reading | null, after: Reading): LinkRate[] {
  const seconds = before ? (after.atMs - before.atMs) / 1000 : 0
  // A node that only relays a link has none of its ends, and may drop of it all the same.
  const relayed = [...(after.ways?.keys() ?? [])].filter((key) => !after.bytes.has(key)).map((key) => [key, 0] as const)
  return [...after.bytes, ...relayed].map(([egreKey, bytes]) => {
    const was = before?.bytes.get(egreKey)
    const moved = was !== undefined && bytes >= was && seconds > 0 ? bytes - was : 0
    const fate = after.fates?.get(egreKey)
    const ways = after.ways?.get(egreKey)
    const paths = after.paths?.get(egreKey)
    return {
      egreKey,
      bps: seconds > 0 ? Math.round((moved * 8) / seconds) : 0,
      ...(fate && { fate }),
      ...(ways && { ways }),
      ...(paths && { paths }),
    }
  })
}

/** Of an agent that tells the ends of a link apart: what went which way, and what of it was dropped on this node. */
export function waysOf(stats: Pick<NodeStats, 'ends' | 'underlayDrops'>): Map<number, Ways> {
  const all = new Map<number, Ways>()
  const of = (egreKey: number) => {
    const known = all.get(egreKey) ?? [noWay(), noWay()]
    all.set(egreKey, known)
    return known
  }
  for (const { egreKey, end, drops = {}, rxPackets, rxBytes, txPackets } of stats.ends) {
    if (end === undefined || (rxPackets === 0 && txPackets === 0 && Object.keys(drops).length === 0)) continue
    const [there, back] = end === 'a' ? of(egreKey) : of(egreKey).toReversed()
    if (!there || !back) continue
    addWay(there, { sent: rxPackets, sentBytes: rxBytes, arrived: 0, drops })
    addWay(back, { ...noWay(), arrived: txPackets })
  }
  for (const { egreKey, from, drops } of stats.underlayDrops ?? [])
    addWay(of(egreKey)[from === 'a' ? 0 : 1], { ...noWay(), drops })
  return all
}

function readingOf(stats: NodeStats, atMs: number): Reading {
  const bytes = new Map<number, number>()
  for (const end of stats.ends) bytes.set(end.egreKey, (bytes.get(end.egreKey) ?? 0) + end.rxBytes)
  const fates = new Map<number, Fate>()
  for (const { egreKey, passed, lost, overflowed, late } of stats.emulated ?? []) {
    const other = fates.get(egreKey) // both ends of the link may be here
    fates.set(egreKey, {
      passed: passed + (other?.passed ?? 0),
      lost: lost + (other?.lost ?? 0),
      overflowed: overflowed + (other?.overflowed ?? 0),
      late: late + (other?.late ?? 0),
    })
  }
  const paths = new Map<number, LinkEndPath[]>()
  for (const { egreKey, ...path } of stats.paths ?? []) paths.set(egreKey, [...(paths.get(egreKey) ?? []), path])
  return { atMs, bytes, fates, ways: waysOf(stats), paths }
}

export class Telemetry {
  private before: Reading | null = null
  private lastRates = ''
  private timer: NodeJS.Timeout | null = null
  private closed = false

  constructor(
    private readonly db: Database,
    private readonly node: SubstrateNodeId,
    private readonly connection: NodeConnection,
    private readonly to: { loads: LoadBook; everyMs: () => number },
    private readonly log: Logger,
  ) {
    void this.take()
  }

  close() {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
  }

  private async take() {
    try {
      const stats = await this.connection.stats()
      if (!stats.ok) return
      const reading = readingOf(stats.value, Date.now())
      const isFirst = this.before === null
      const rates = ratesBetween(this.before, reading)
      this.before = reading
      const { cpuMilli, memoryUsedMib, hosts } = stats.value
      this.to.loads.put(this.node, { cpuMilli, memoryUsedMib, hosts, atMs: reading.atMs })
      // Idle links are most of all links: silence that follows silence is not written.
      const moving = JSON.stringify(rates.filter((r) => r.bps > 0 || r.fate || r.ways || r.paths))
      // One reading alone gives no rate.
      if (!isFirst && moving !== this.lastRates) await recordTraffic(this.db, this.node, rates)
      if (!isFirst) this.lastRates = moving
    } catch (error) {
      this.log.warn({ err: error }, 'telemetry was not written')
    } finally {
      // Only then: a slow node is not asked twice at once, and nodes fall out of step with each other.
      if (!this.closed) this.timer = setTimeout(() => void this.take(), this.to.everyMs() * (0.9 + 0.2 * Math.random()))
    }
  }
}
