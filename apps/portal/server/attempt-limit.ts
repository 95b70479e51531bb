// Has somebody tried too often? Counts failures by key within a sliding time, in this process's memory.

export interface AttemptLimitOptions {
  most: number
  withinMs: number
}

/** Beyond this many keys the oldest are forgotten, so that made-up names cannot fill the memory. */
const MOST_KEYS = 10_000

export class AttemptLimit {
  private times = new Map<string, number[]>()

  constructor(private readonly options: AttemptLimitOptions) {}

  private recent(key: string, nowMs: number): number[] {
    return (this.times.get(key) ?? []).filter((at) => at > nowMs - this.options.withinMs)
  }

  count(key: string, nowMs: number): void {
    const times = [...this.recent(key, nowMs), nowMs]
    this.times.delete(key)
    this.times.set(key, times)
    const oldest = this.times.keys().next()
    if (this.times.size > MOST_KEYS && !oldest.done) this.times.delete(oldest.value)
  }

  forget(key: string): void {
    this.times.delete(key)
  }

  /** How long until another attempt is taken; 0: now. */
  waitMs(key: string, nowMs: number): number {
    const times = this.recent(key, nowMs)
    const [first] = times
    return first === undefined || times.length < this.options.most ? 0 : first + this.options.withinMs - nowMs
  }
}
