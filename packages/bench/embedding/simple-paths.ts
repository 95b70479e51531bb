// Which are the shortest simple paths by hops, one after the other? Yen's algorithm, ties broken as networkx 2.8 breaks
// them, so that the baselines accept the same requests as the referee's.
import type { Neighbour } from './neighbours'

type Neighbours = readonly (readonly Neighbour[])[]

/** Paths as nodes, shortest first. */
export function* simplePaths(neighbours: Neighbours, source: number, target: number): Generator<readonly number[]> {
  const found: (readonly number[])[] = []
  const waiting: (readonly number[])[] = []
  const known = new Set<string>()
  const offer = (path: readonly number[]) => {
    const key = path.join()
    if (known.has(key)) return
    known.add(key)
    // Behind those of equal length: first come, first served.
    const at = waiting.findIndex((other) => other.length > path.length)
    waiting.splice(at < 0 ? waiting.length : at, 0, path)
  }
  const first = meetInTheMiddle(neighbours, source, target, new Set(), new Set())
  if (first) offer(first)
  for (let path = waiting.shift(); path; path = waiting.shift()) {
    yield path
    found.push(path)
    const hiddenNodes = new Set<number>()
    const hiddenLinks = new Set<string>()
    for (let i = 1; i < path.length; i++) {
      const root = path.slice(0, i)
      for (const other of found)
        if (root.every((v, k) => other[k] === v)) {
          hiddenLinks.add(`${other[i - 1]}-${other[i]}`)
          hiddenLinks.add(`${other[i]}-${other[i - 1]}`)
        }
      const from = root[i - 1] ?? source
      const spur = meetInTheMiddle(neighbours, from, target, hiddenNodes, hiddenLinks)
      if (spur) offer([...root.slice(0, -1), ...spur])
      hiddenNodes.add(from)
    }
  }
}

/** A shortest path, searched from both ends at once; the smaller fringe grows. */
function meetInTheMiddle(
  neighbours: Neighbours,
  source: number,
  target: number,
  hiddenNodes: ReadonlySet<number>,
  hiddenLinks: ReadonlySet<string>,
): readonly number[] | null {
  if (hiddenNodes.has(source) || hiddenNodes.has(target)) return null
  if (source === target) return [source]
  const ahead = new Map<number, number | null>([[source, null]])
  const behind = new Map<number, number | null>([[target, null]])
  let [forward, backward] = [[source], [target]]
  const grow = (fringe: readonly number[], mine: Map<number, number | null>, others: ReadonlyMap<number, unknown>) => {
    const next: number[] = []
    for (const v of fringe)
      for (const { node } of neighbours[v] ?? []) {
        if (hiddenNodes.has(node) || hiddenLinks.has(`${v}-${node}`)) continue
        if (!mine.has(node)) {
          mine.set(node, v)
          next.push(node)
        }
        if (others.has(node)) return { next, met: node }
      }
    return { next, met: null }
  }
  while (forward.length > 0 && backward.length > 0) {
    const fromSource = forward.length <= backward.length
    const { next, met } = fromSource ? grow(forward, ahead, behind) : grow(backward, behind, ahead)
    if (fromSource) forward = next
    else backward = next
    if (met !== null) return [...chain(ahead, met).toReversed(), ...chain(behind, met).slice(1)]
  }
  return null
}

function chain(cameFrom: ReadonlyMap<number, number | null>, end: number): number[] {
  const nodes: number[] = []
  for (let v: number | null | undefined = end; v !== null && v !== undefined; v = cameFrom.get(v)) nodes.push(v)
  return nodes
}
