// What does one substrate node need? A connection, its newest spec, and somebody who writes down what it reports.
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Problem } from '@myvini/core/result'
import type { Database } from '@myvini/store/database'
import { type DriftMemory, recordDrift } from '@myvini/store/drift'
import type { ReportMemory } from '@myvini/store/reports'
import type { Newest } from '@myvini/store/specs'
import { nodeIdOf, recordRefusal, recordUnreachable } from '@myvini/store/substrate'
import type { NodeConnection, NodeTransport } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import { backoffMs } from './backoff'
import { HostSaver } from './host-saver'
import { ImageSender } from './image-sender'
import type { LoadBook } from './load-book'
import type { NodeRecords } from './node-records'
import { Sweep } from './sweep'
import { Telemetry } from './telemetry'

export interface NodeWorkerDeps {
  db: Database
  transport: NodeTransport
  records: NodeRecords
  memory: ReportMemory
  /** Where images lie on this machine; null: it has none. */
  imagesFolder: string | null
  loads: LoadBook
  /** How long between two questions for load and counters. */
  telemetryMs: () => number
  /** Until the first connection: a thousand nodes are not dialled in one instant. */
  startDelayMs: () => number
  log: Logger
  /** After each written report and each change of health: its reservations may have come up, failed or gone. */
  onNews: (nodeId: string) => void
  /** The node knows of generations that we do not, or has other content under one: publish anew beyond that. */
  onGenerationGap: (nodeId: SubstrateNodeId, nodeGeneration: number) => Promise<void>
}

/** A node that returns, or a database, is to be as promised ten seconds later: it may not have to wait for most of that. */
const RECONNECT = { firstMs: 300, lastMs: 4000 }
const PUSH_ANYWAY_MS = 300_000

const gone = (id: SubstrateNodeId): Problem => ({
  code: 'node.gone',
  message: `There is no substrate node ${id} any more.`,
  hint: 'It was removed; its worker ends in a moment.',
})

const ended: Problem = {
  code: 'controller.ending',
  message: 'The controller is ending.',
  hint: 'Another one takes its nodes.',
}

export class NodeWorker {
  private connection: NodeConnection | null = null
  private acknowledged = 0
  /** Whether the database may say that it refuses its spec. */
  private mayBeRefusing = true
  /** Just published here: need not be read again. */
  private offered: Newest | null = null
  private failures = 0
  private readonly abort = new AbortController()
  private readonly push: Sweep
  private readonly images: ImageSender
  private readonly saver: HostSaver
  private reports: Promise<void> = Promise.resolve()
  private newest: NodeReport | null = null
  private readonly drift: DriftMemory = new Map()
  readonly id: SubstrateNodeId
  private readonly log: Logger
  private readonly done: Promise<void>

  constructor(
    id: string,
    private readonly deps: NodeWorkerDeps,
  ) {
    this.id = nodeIdOf(id)
    this.log = deps.log.child({ node: id })
    this.push = new Sweep({
      name: `push ${id}`,
      // Its hints wake it, and the sweep over unsettled nodes when one was lost; a thousand must not ask in step.
      everyMs: PUSH_ANYWAY_MS * (1 + Math.random()),
      work: () => this.pushNewest(),
      onError: (error) => this.log.warn({ err: error }, 'pushing a spec failed; it will be tried again'),
    })
    this.images = new ImageSender(deps.db, this.id, deps.imagesFolder, this.log)
    this.saver = new HostSaver(deps.db, this.id, deps.imagesFolder, this.log)
    this.done = this.run()
  }

  wake() {
    void this.push.wake()
  }

  /** A newer spec than it was given so far. */
  offer(newest: Newest) {
    if (newest.generation > (this.offered?.generation ?? 0)) this.offered = newest
    this.wake()
  }

  get current(): NodeConnection | null {
    return this.connection
  }

  async close() {
    this.abort.abort()
    this.connection?.close()
    await this.push.close()
    await this.done
    this.deps.memory.leave(this.id)
  }

  private async run() {
    await this.sleep(this.deps.startDelayMs())
    while (!this.abort.signal.aborted) {
      const problem = await this.session().catch(
        (error: unknown): Problem => ({
          code: 'controller.surprise',
          message: error instanceof Error ? error.message : String(error),
          hint: 'Look into the controller’s log.',
        }),
      )
      if (this.abort.signal.aborted) return
      this.failures++
      this.log.warn({ problem }, 'no connection to the node')
      try {
        await recordUnreachable(this.deps.db, this.id, problem.message)
        this.deps.onNews(this.id)
      } catch (error) {
        this.log.error({ err: error }, 'the database did not take the news')
      }
      await this.sleep(backoffMs(RECONNECT, this.failures, Math.random()))
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** From connecting to losing the connection; returns why it is over. */
  private async session(): Promise<Problem> {
    const { db, records, transport } = this.deps
    const target = await records.dial(this.id)
    if (!target) return gone(this.id)
    const { signal } = this.abort
    if (target.isEnrolling) {
      const enrolled = await transport.enrol(target, signal)
      if (!enrolled.ok) return enrolled.problem
    }
    const connected = await transport.connect(target, signal)
    if (!connected.ok) return connected.problem
    const connection = connected.value
    try {
      const hello = await connection.hello()
      if (!hello.ok) return hello.problem
      const published = await records.hello(this.id, hello.value)
      if (published === null) return gone(this.id)
      if (hello.value.generation > published) await this.deps.onGenerationGap(this.id, hello.value.generation)
      // Whoever closed us meanwhile found no connection to close.
      if (signal.aborted) return ended
      this.failures = 0
      this.acknowledged = 0
      this.connection = connection
      connection.onReport((report) => this.takeReport(report))
      this.log.info({ kernel: hello.value.kernel, agent: hello.value.agentVersion }, 'connected')
      this.deps.onNews(this.id)
      const telemetry = new Telemetry(
        db,
        this.id,
        connection,
        { loads: this.deps.loads, everyMs: this.deps.telemetryMs },
        this.log,
      )
      void this.push.wake()
      const reason = await connection.closed
      telemetry.close()
      return {
        code: 'node.lost',
        message: `The connection to ${target.name} was lost: ${reason}.`,
        hint: 'It is tried again by itself.',
      }
    } finally {
      this.connection = null
      connection.close()
    }
  }

  private async pushNewest() {
    const { connection } = this
    if (!connection) return
    void this.saveHosts(connection) // takes as long as it takes
    const { offered } = this
    this.offered = null
    const newest =
      offered && offered.generation > this.acknowledged
        ? offered
        : await this.deps.records.newest(this.id, this.acknowledged)
    if (newest === null) return
    const { generation, content } = newest
    this.deps.memory.forgetNode(this.id)
    const applied = await connection.apply(content)
    if (applied.ok) {
      if (this.mayBeRefusing) await this.deps.records.accepted(this.id)
      this.mayBeRefusing = false
      this.acknowledged = generation
      return
    }
    // A connection that was lost meanwhile is no refusal.
    if (applied.problem.code.startsWith('spec.')) {
      this.mayBeRefusing = true
      await recordRefusal(this.deps.db, this.id, applied.problem)
    }
    this.log.warn({ problem: applied.problem, generation }, 'the node refused its spec')
    if (applied.problem.code === 'spec.older' || applied.problem.code === 'spec.changed') {
      const hello = await connection.hello()
      if (hello.ok) await this.deps.onGenerationGap(this.id, hello.value.generation)
    }
  }

  private async saveHosts(connection: NodeConnection) {
    try {
      if (await this.deps.records.hasSaves(this.id)) await this.saver.work(connection)
    } catch (error) {
      this.log.error({ err: error }, 'whether a host is to be saved could not be read')
    }
  }

  /** Written one after the other; of several that come while one is written only the newest matters. */
  private takeReport(report: NodeReport) {
    const isQueued = this.newest !== null
    this.newest = report
    if (isQueued) return
    this.reports = this.reports.then(async () => {
      const next = this.newest
      this.newest = null
      if (!next) return
      try {
        const isNews = await this.deps.records.report(this.id, next)
        // Takes as long as an image does; reports go on meanwhile.
        if (this.connection) void this.images.follow(this.connection, next.images)
        if (isNews) this.deps.onNews(this.id)
        await recordDrift(this.deps.db, this.id, next.drift, this.drift)
      } catch (error) {
        this.log.error({ err: error }, 'a report could not be written; the connection is made anew to get it again')
        this.connection?.close()
      }
    })
  }
}
