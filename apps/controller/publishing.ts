// Which nodes are to have their specs compiled, in which order? Those that somebody has just asked for go first; those that
// were found by looking through everything fill what is left. Many nodes go in one transaction.
import { setImmediate } from 'node:timers/promises'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Database } from '@myvini/store/database'
import type { PlanCache } from '@myvini/store/plan-cache'
import { type Published, publishNodes } from '@myvini/store/publish'
import { findUnsettledNodes } from '@myvini/store/specs'
import { nodeIdOf } from '@myvini/store/substrate'

/** Their rows are held together for some tens of milliseconds. */
const NODES_TOGETHER = 40
/** One compiles while the other waits for the database. */
const AT_ONCE = 2
const LOOK_EVERY_MS = 3000

export class Publishing {
  private readonly asked = new Set<string>()
  private readonly found = new Set<string>()
  /** Nodes of which a hint is to come that tells of what was published here. */
  private readonly announced = new Set<string>()
  private lookedMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly db: Database,
    private readonly plans: PlanCache,
    private readonly to: {
      /** A node has a spec to be told of. */
      onPublished: (node: SubstrateNodeId, published: Published) => void
      /** A node has not yet reached its newest spec. */
      onUnsettled: (node: SubstrateNodeId) => void
    },
  ) {}

  ask(nodes: Iterable<string>) {
    for (const node of nodes) this.asked.add(node)
  }

  /** Of a hint that a node has a new spec: whether it was published here, so that the node's worker is told without it. */
  isOwn = (node: string): boolean => this.announced.delete(node)

  /** Hints may have been missed: look through everything at the next round, whenever that was done last. */
  missed() {
    this.announced.clear()
    this.lookedMs = Number.NEGATIVE_INFINITY
  }

  /** One round: until nothing is left that was asked for or found. What failed stays to be done; the first failure is thrown. */
  async round(): Promise<void> {
    this.plans.lookAgain()
    const failed = new Map<SubstrateNodeId, unknown>()
    // The hints of one deed come together: its nodes are to go together as well.
    await setImmediate()
    const worker = async () => {
      for (let some = this.next(); some.length > 0; some = this.next()) await this.publish(some.map(nodeIdOf), failed)
    }
    const workers = () => Promise.all(Array.from({ length: AT_ONCE }, worker))
    // Somebody waits for what was asked for; the look through everything can wait.
    await workers()
    await this.look()
    await workers()
    this.ask(failed.keys())
    const [first] = failed.values()
    if (first !== undefined) throw first
  }

  /** Finds what hints have missed; it need not be done whenever a node is published. */
  private async look() {
    if (performance.now() - this.lookedMs < LOOK_EVERY_MS) return
    const { toPublish, toPush } = await findUnsettledNodes(this.db)
    this.lookedMs = performance.now()
    for (const node of toPublish) this.found.add(node)
    for (const node of toPush) this.to.onUnsettled(node)
  }

  /** Neighbours share slices, and go together. */
  private next(): string[] {
    const queue = this.asked.size > 0 ? this.asked : this.found
    const some = [...queue].toSorted().slice(0, NODES_TOGETHER)
    // Asked for again from now on, it is done again.
    for (const node of some) {
      this.asked.delete(node)
      this.found.delete(node)
    }
    return some
  }

  /** Of many that fail together each is tried by itself, so that one stops none of the others. */
  private async publish(nodes: readonly SubstrateNodeId[], failed: Map<SubstrateNodeId, unknown>): Promise<void> {
    // Hints may be here before the answer is.
    for (const node of nodes) this.announced.add(node)
    try {
      for (const [node, published] of await publishNodes(this.db, nodes, this.plans)) {
        if (published.content === null) this.announced.delete(node)
        this.to.onPublished(node, published)
      }
    } catch (error) {
      for (const node of nodes) this.announced.delete(node)
      const [node] = nodes
      if (nodes.length === 1 && node) failed.set(node, error)
      else for (const one of nodes) await this.publish([one], failed)
    }
  }
}
