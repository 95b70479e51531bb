// How full is a node or a link, from when to when? Steps over time as pieces of a row.
import type { Step, Timeline, Window } from '@myvini/core/reservation/timeline'
import type { SubstrateLink, SubstrateNode } from '@myvini/core/substrate/substrate'

export interface Run extends Window {
  /** 0 … 1; more where something is overbooked. */
  share: number
  /** Of what, in words: "CPU", "memory", "disk", "hosts"; null for a link. */
  of: string | null
}

export interface Row {
  id: string
  name: string
  kind: 'node' | 'link'
  /** For nodes. */
  available: boolean
  runs: readonly Run[]
  peak: number
}

const valueAt = (steps: readonly Step[], atMs: number): number => steps.findLast((s) => s.atMs <= atMs)?.value ?? 0

/** Pieces within the range in which something is taken; neighbours that say the same are one. */
function runsOf(range: Window, parts: readonly { steps: readonly Step[]; of: number; name: string | null }[]): Run[] {
  const instants = new Set([range.fromMs])
  for (const { steps } of parts)
    for (const { atMs } of steps) if (atMs > range.fromMs && atMs < range.untilMs) instants.add(atMs)
  const times = [...instants].toSorted((a, b) => a - b)
  const runs: Run[] = []
  times.forEach((fromMs, i) => {
    const untilMs = times[i + 1] ?? range.untilMs
    let worst: Pick<Run, 'share' | 'of'> = { share: 0, of: null }
    for (const { steps, of, name } of parts) {
      const value = valueAt(steps, fromMs)
      const share = of > 0 ? value / of : value > 0 ? 1 : 0
      if (share > worst.share) worst = { share, of: name }
    }
    if (worst.share <= 0) return
    const last = runs.at(-1)
    if (last && last.untilMs === fromMs && last.share === worst.share && last.of === worst.of) last.untilMs = untilMs
    else runs.push({ fromMs, untilMs, ...worst })
  })
  return runs
}

const row = (thing: Pick<Row, 'id' | 'name' | 'kind' | 'available'>, runs: Run[]): Row => ({
  ...thing,
  runs,
  peak: runs.reduce((most, run) => Math.max(most, run.share), 0),
})

interface Outlooked {
  substrate: { nodes: readonly SubstrateNode[]; links: readonly SubstrateLink[] }
  timeline: Timeline
}

/** Nodes by name, then links by the names of their ends. */
export function rowsOf({ substrate, timeline }: Outlooked, range: Window): Row[] {
  const names = new Map(substrate.nodes.map((n) => [n.id, n.name]))
  const nodes = substrate.nodes.map((node) =>
    row(
      { id: node.id, name: node.name, kind: 'node', available: node.available },
      runsOf(range, [
        { steps: timeline.nodeSteps(node.id, 'cpuMilli'), of: node.cpuMilli, name: 'CPU' },
        { steps: timeline.nodeSteps(node.id, 'memoryMib'), of: node.memoryMib, name: 'memory' },
        { steps: timeline.nodeSteps(node.id, 'diskMib'), of: node.diskMib, name: 'disk' },
        { steps: timeline.nodeSteps(node.id, 'hostSlots'), of: node.hostSlots, name: 'hosts' },
      ]),
    ),
  )
  const links = substrate.links.map((link) =>
    row(
      { id: link.id, name: `${names.get(link.a)}–${names.get(link.b)}`, kind: 'link', available: true },
      runsOf(range, [{ steps: timeline.linkSteps(link.id), of: link.capacityMbps, name: null }]),
    ),
  )
  const byName = (a: Row, b: Row) => a.name.localeCompare(b.name, 'en', { numeric: true })
  return [...nodes.toSorted(byName), ...links.toSorted(byName)]
}
