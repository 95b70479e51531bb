// Which hosts have something to tell of their start, and who asks them when? Each start is followed until it is done: often
// at first, then ever less, few hosts at a time.
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HostSpec, NodeSpec, SliverSpec } from '@myvini/core/desired/node-spec'
import type { SliverReport, StartUpReport } from '@myvini/core/desired/report'

const AT_ONCE = 2
const FIRST_MS = 300
const LAST_MS = 15_000
/** A host that cannot be read has seen to it: its start is let be. */
const MOST_FAILED = 6

interface Start {
  /** As trellis recorded the container: another start has another. */
  record: string
  dueMs: number
  waitMs: number
  failed: number
  isOver: boolean
  report: StartUpReport | null
}

export interface StartUpWatchDeps {
  /** Where trellis keeps its records of containers, by key. */
  containers: string
  read: (sliver: SliverSpec, host: HostSpec) => Promise<StartUpReport | null>
  /** Called when there is something new to report. */
  onNews: () => void
  nowMs: () => number
}

export class StartUpWatch {
  private starts = new Map<string, Start>()
  private spec: NodeSpec | null = null
  private reading: Promise<void> | null = null
  private timer: NodeJS.Timeout | null = null
  private closed = false

  constructor(private readonly deps: StartUpWatchDeps) {}

  /** Asks behind the back of whoever calls; comes again by itself while anything is under way. */
  look(spec: NodeSpec) {
    this.spec = spec
    this.reading ??= this.readDue().finally(() => {
      this.reading = null
      this.again()
    })
  }

  close() {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
  }

  /** The report with what is known of each host's start. */
  tell(slivers: readonly SliverReport[]): SliverReport[] {
    if (this.starts.size === 0) return [...slivers]
    return slivers.map((sliver) => ({
      ...sliver,
      hosts: Object.fromEntries(
        Object.entries(sliver.hosts).map(([key, part]) => {
          const startUp = part.state === 'up' ? this.starts.get(key)?.report : null
          return [key, startUp ? { ...part, startUp } : part] as const
        }),
      ),
    }))
  }

  private again() {
    const dues = [...this.starts.values()].flatMap((s) => (s.isOver ? [] : [s.dueMs]))
    if (this.closed || dues.length === 0) return
    if (this.timer) clearTimeout(this.timer)
    const wait = Math.max(50, Math.min(...dues) - this.deps.nowMs())
    this.timer = setTimeout(() => this.spec && this.look(this.spec), wait)
  }

  /** Those that run, by the record of their container; what is gone or runs anew is forgotten. */
  private running(spec: NodeSpec): { sliver: SliverSpec; host: HostSpec; start: Start }[] {
    const before = this.starts
    this.starts = new Map()
    return spec.slivers.flatMap((sliver) =>
      sliver.hosts.flatMap((host) => {
        const tells = host.class === 'vserver' && !host.isOff && host.files.length + host.startup.length > 0
        const record = tells ? recordOf(join(this.deps.containers, host.key)) : null
        if (record === null) return []
        const known = before.get(host.key)
        const start =
          known?.record === record
            ? known
            : { record, dueMs: this.deps.nowMs() + FIRST_MS, waitMs: FIRST_MS, failed: 0, isOver: false, report: null }
        this.starts.set(host.key, start)
        return [{ sliver, host, start }]
      }),
    )
  }

  private async readDue() {
    if (!this.spec) return
    const due = this.running(this.spec).filter(({ start }) => !start.isOver && start.dueMs <= this.deps.nowMs())
    let isNews = false
    const work = async () => {
      for (let next = due.shift(); next && !this.closed; next = due.shift()) {
        const { sliver, host, start } = next
        const report = await this.deps.read(sliver, host)
        start.failed = report ? 0 : start.failed + 1
        start.isOver = report?.done === true || start.failed >= MOST_FAILED
        start.waitMs = Math.min(LAST_MS, 2 * start.waitMs)
        start.dueMs = this.deps.nowMs() + start.waitMs
        if (report && JSON.stringify(report) !== JSON.stringify(start.report)) {
          start.report = report
          isNews = true
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    if (isNews && !this.closed) this.deps.onNews()
  }
}

/** A link whose text is no path. */
function recordOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null // it does not run
  }
}
