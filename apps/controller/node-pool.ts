// Which nodes do I look after, and is there a worker for each? Follows the ownership: one worker for each node that is ours.
import type { Database } from '@myvini/store/database'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { NodeWorker, type NodeWorkerDeps } from './node-worker'
import type { Ownership } from './ownership'

export class NodePool {
  private workers = new Map<string, NodeWorker>()

  constructor(
    private readonly db: Database,
    private readonly ownership: Ownership,
    private readonly deps: NodeWorkerDeps,
  ) {}

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

  /** The live connection to a node that is ours; null when it is another controller's or is not reached. */
  connectionTo(nodeId: string): NodeConnection | null {
    return this.workers.get(nodeId)?.current ?? null
  }

  async close() {
    await Promise.all([...this.workers.values()].map((worker) => worker.close()))
    this.workers.clear()
  }
}
