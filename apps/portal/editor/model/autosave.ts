// Is what is drawn kept? Saves a moment after each change, again and again while the portal cannot be reached, and never
// over what somebody else has saved.
import type { Topology } from '@myvini/core/topology/topology'
import type { ToldProblem } from '../../told-problem'

export type SaveState =
  | { kind: 'saved'; at: Date }
  /** Changed a moment ago, or being sent. */
  | { kind: 'saving' }
  /** Tried, and tried again by itself. */
  | { kind: 'waiting'; problem: ToldProblem }
  /** Somebody else has saved since this drawing was opened: nothing more is saved over it. */
  | { kind: 'conflict'; problem: ToldProblem }

export type SaveOutcome =
  | { kind: 'saved'; number: number; at: Date }
  | { kind: 'refused'; problem: ToldProblem }
  /** No answer, or the server's own fault: worth another try. */
  | { kind: 'failed'; problem: ToldProblem }

export interface AutosaveDeps {
  save: (base: number, topology: Topology) => Promise<SaveOutcome>
  onState: (state: SaveState) => void
  /** Keeps what is not saved where a reload finds it; null: nothing is unsaved any more. */
  keepDraft: (draft: { base: number; topology: Topology } | null) => void
}

const IDLE_MS = 700
/** Somebody who draws without a pause is saved all the same. */
const LONGEST_MS = 6000
const RETRY = { firstMs: 1000, lastMs: 15_000 }

export class Autosave {
  private timer: ReturnType<typeof setTimeout> | null = null
  private firstUnsavedAt: number | null = null
  private running: Promise<void> | null = null
  private failures = 0
  private stopped = false
  private wanted: Topology

  constructor(
    private readonly deps: AutosaveDeps,
    private base: number,
    /** As it is on the server. */
    private saved: Topology,
  ) {
    this.wanted = saved
  }

  get revision(): number {
    return this.base
  }

  get isDirty(): boolean {
    return this.wanted !== this.saved
  }

  change(topology: Topology) {
    if (topology === this.wanted) return
    this.wanted = topology
    this.deps.keepDraft(this.isDirty ? { base: this.base, topology } : null)
    if (this.stopped) return
    if (!this.isDirty && !this.running) {
      this.clear()
      return
    }
    this.deps.onState({ kind: 'saving' })
    this.firstUnsavedAt ??= Date.now()
    const wait = Math.min(IDLE_MS, Math.max(0, this.firstUnsavedAt + LONGEST_MS - Date.now()))
    this.schedule(this.failures > 0 ? Math.max(wait, this.retryMs()) : wait)
  }

  /** Now, for Ctrl+S and before a booking. Returns whether all is saved. */
  async flush(): Promise<boolean> {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    await this.running
    if (this.isDirty && !this.stopped) await this.run()
    return !this.isDirty
  }

  /** The connection is back. */
  retryNow() {
    if (this.failures > 0 && this.isDirty && !this.stopped) this.schedule(0)
  }

  stop() {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
  }

  private clear() {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.firstUnsavedAt = null
    this.deps.onState({ kind: 'saved', at: new Date() })
  }

  private retryMs(): number {
    return Math.min(RETRY.lastMs, RETRY.firstMs * 2 ** (this.failures - 1))
  }

  private schedule(ms: number) {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = null
      if (!this.running) void this.run()
    }, ms)
  }

  private run(): Promise<void> {
    this.running ??= this.once().finally(() => {
      this.running = null
      if (this.isDirty && !this.stopped && this.timer === null)
        this.schedule(this.failures > 0 ? this.retryMs() : IDLE_MS)
    })
    return this.running
  }

  private async once() {
    const sent = this.wanted
    this.firstUnsavedAt = null
    const outcome = await this.deps.save(this.base, sent)
    if (outcome.kind === 'saved') {
      this.failures = 0
      this.base = outcome.number
      this.saved = sent
      this.deps.keepDraft(this.isDirty ? { base: this.base, topology: this.wanted } : null)
      this.deps.onState(this.isDirty ? { kind: 'saving' } : { kind: 'saved', at: outcome.at })
    } else if (outcome.kind === 'refused') {
      this.stop()
      this.deps.onState({ kind: 'conflict', problem: outcome.problem })
    } else {
      this.failures++
      this.deps.onState({ kind: 'waiting', problem: outcome.problem })
    }
  }
}
