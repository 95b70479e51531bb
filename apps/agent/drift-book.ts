// What has been found wrong lately? Repeats of the same are one entry with a count, and only so many are kept.
import type { Drift } from '@myvini/core/desired/drift'
import type { Finding } from './drift'

const MOST = 50
/** Found again later than this, it is told of anew. */
const SAME_WITHIN_MS = 10 * 60_000

const keyOf = (f: Finding): string =>
  [
    f.kind,
    f.reservation,
    f.host,
    f.interface,
    f.host === undefined ? f.link : '',
    // One gateway may have several things wrong at once.
    f.host === undefined || f.kind === 'gateway-changed' ? f.what : '',
  ].join(' ')

export class DriftBook {
  private entries = new Map<string, Drift>()

  note(findings: readonly Finding[], now: Date) {
    const at = now.toISOString()
    for (const finding of findings) {
      const key = keyOf(finding)
      const known = this.entries.get(key)
      const isSame = known && now.getTime() - Date.parse(known.at) < SAME_WITHIN_MS
      this.entries.delete(key) // the newest stand last
      this.entries.set(key, {
        ...finding,
        at,
        since: isSame ? known.since : at,
        times: isSame ? (known.times ?? 1) + 1 : 1,
      })
    }
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MOST) break
      this.entries.delete(key)
    }
  }

  /** Oldest first. */
  get all(): Drift[] {
    return [...this.entries.values()]
  }
}
