// How is the load of a thousand nodes written without a thousand writes? All together every few seconds, and only what a
// reader would see change.
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { NodeLoad } from '@myvini/store/substrate'

/** A tenth of a core, a hundredth of a small node's memory: less than a meter shows. */
const VISIBLE = { cpuMilli: 100, memoryUsedMib: 16 }
/** "Seen a moment ago" has to stay true. */
const AT_LEAST_EVERY_MS = 30_000

export class LoadBook {
  private written = new Map<SubstrateNodeId, NodeLoad>()
  private waiting = new Map<SubstrateNodeId, NodeLoad>()

  put(node: SubstrateNodeId, load: NodeLoad) {
    const before = this.written.get(node)
    const isNews =
      before === undefined ||
      load.hosts !== before.hosts ||
      load.atMs - before.atMs >= AT_LEAST_EVERY_MS ||
      Math.abs(load.cpuMilli - before.cpuMilli) >= VISIBLE.cpuMilli ||
      Math.abs(load.memoryUsedMib - before.memoryUsedMib) >= VISIBLE.memoryUsedMib
    if (isNews) this.waiting.set(node, load)
  }

  /** Gives what is to be written, once. */
  take(): ReadonlyMap<SubstrateNodeId, NodeLoad> {
    const all = this.waiting
    this.waiting = new Map()
    for (const [node, load] of all) this.written.set(node, load)
    return all
  }
}
