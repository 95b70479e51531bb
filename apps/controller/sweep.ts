// How is work found and done without messages? `wake` may be called at any time and any number of times; `work` runs once
// at a time, again if it was woken meanwhile, and by itself after a while in case a hint was lost.
import { backoffMs } from './backoff'

export interface SweepOptions {
  name: string
  /** At least this often, woken or not. */
  everyMs: number
  work: () => Promise<void>
  onError: (error: unknown) => void
}

const RETRY = { firstMs: 100, lastMs: 10_000 }

export class Sweep {
  private woken = false
  private running: Promise<void> | null = null
  private timer: NodeJS.Timeout | null = null
  private failures = 0
  private closed = false

  constructor(private readonly options: SweepOptions) {}

  /** Resolves when a run that began after the call has ended. */
  wake(): Promise<void> {
    this.woken = true
    if (this.closed) return Promise.resolve()
    this.running ??= this.loop().finally(() => {
      this.running = null
    })
    return this.running
  }

  /** Sooner than the usual turn: when something is known to fall due. */
  wakeIn(ms: number) {
    if (this.closed || ms >= this.options.everyMs) return
    setTimeout(() => void this.wake(), Math.max(0, ms)).unref()
  }

  async close() {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
    await this.running
  }

  private async loop() {
    if (this.timer) clearTimeout(this.timer)
    while (this.woken && !this.closed) {
      this.woken = false
      try {
        await this.options.work()
        this.failures = 0
      } catch (error) {
        this.failures++
        this.options.onError(error)
      }
    }
    if (this.closed) return
    const wait = this.failures > 0 ? backoffMs(RETRY, this.failures, Math.random()) : this.options.everyMs
    this.timer = setTimeout(() => void this.wake(), wait)
  }
}
