// What may have changed since the last round? Gathered from hints and from our own nodes' reports, so that a round looks at
// what changed and not at all there is.
import type { News } from '@myvini/store/reservations'

/** However sure the hints are, everything is looked at this often. */
const ALL_EVERY_MS = 60_000

export class NewsBook {
  private all = true
  private lastAllMs = 0
  private nodes = new Set<string>()
  private slices = new Set<string>()

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  ofNode(id: string) {
    this.nodes.add(id)
  }

  ofSlice(id: string) {
    this.slices.add(id)
  }

  /** Hints may have been missed, or a round has failed. */
  missed() {
    this.all = true
  }

  take(): News {
    const now = this.nowMs()
    const all = this.all || now - this.lastAllMs >= ALL_EVERY_MS
    if (all) this.lastAllMs = now
    const news = { all, nodes: [...this.nodes], slices: [...this.slices] }
    this.all = false
    this.nodes.clear()
    this.slices.clear()
    return news
  }
}

export const isEmpty = (news: News): boolean => !news.all && news.nodes.length + news.slices.length === 0
