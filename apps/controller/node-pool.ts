// Which nodes do I look after, and is there a worker for each? Follows the ownership: one worker for each node that is ours.
import type { Database } from '@myvini/store/database'
import type { Newest } from '@myvini/store/specs'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { NodeWorker, type NodeWorkerDeps } from './node-worker'
import type { Ownership } from './ownership'

/** A few nodes are asked often, a thousand so that all of them together are a hundred questions a second. */
const TELEMETRY_MS = 2000
const TELEMETRY_PER_NODE_MS = 10
const DIAL_PER_NODE_MS = 3
const MOST_DELAY_MS = 3000

export class NodePool {
  private workers = new Map<string, NodeWorker>()
  private readonly deps: NodeWorkerDeps

  constructor(
    private readonly db: Database,
    private readonly ownership: Ownership,
    deps: Omit<NodeWorkerDeps, 'telemetryMs' | 'startDelayMs'>,
  ) {
    this.deps = {
      ...deps,
      telemetryMs: () => Math.max(TELEMETRY_MS, this.workers.size * TELEMETRY_PER_NODE_MS),
      startDelayMs: () => Math.random() * Math.min(MOST_DELAY_MS, this.workers.size * DIAL_PER_NODE_MS),
    }
  }

  /** Takes what is ours by now, leaves what is not any more. */
  async follow(): Promise<void> {
    const controllers = await this.ownership.census()
    const nodes = await this.db.substrateNode.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
    const mine = await this.ownership.claim(
      nodes.map((n) => n.id),
      controllers,
    )
    const leaving = [...this.workers].filter(([id]) => !mine.has(id))
    for (const [id] of leaving) this.workers.delete(id)
    for (const id of mine) if (!this.workers.has(id)) this.workers.set(id, new NodeWorker(id, this.deps))
    await Promise.all(leaving.map(([, worker]) => worker.close()))
  }

  wake(nodeId: string) {
    this.workers.get(nodeId)?.wake()
  }

  /** What was just published for a node; another controller's node is told by that one, which hears of it. */
  offer(nodeId: string, newest: Newest) {
    this.workers.get(nodeId)?.offer(newest)
  }

  /** The live connection to a node that is ours; null when it is another controller's or is not reached. */
  connectionTo(nodeId: string): NodeConnection | null {
    return this.workers.get(nodeId)?.current ?? null
  }

  async close() {
    await Promise.all([...this.workers.values()].map((worker) => worker.close()))
    this.workers.clear()
  }
}
