// What does a large substrate look like, and a large request? Made from a seed, for tests and for the scale curve: nodes on
// a unit square joined to their nearest, and a request that is a tree with some more links.
import { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { seededRandom } from '../random'
import type { Substrate, SubstrateLink } from '../substrate/substrate'
import { randomBelow } from './chance'
import type { EmbeddingRequest, RequestedLink } from './request'

const NEAREST = 3
const MS_ACROSS = 50

/** Connected; 8 to 32 cores a node, 1 to 4 Gbit/s a link, delays by distance, sixteen sites. */
export function randomSubstrate(count: number, seed: number): Substrate {
  const random = seededRandom(seed)
  const points = Array.from({ length: count }, () => ({ x: random(), y: random() }))
  const id = (i: number) => SubstrateNodeId.parse(`n${i}`)
  const nodes = points.map(({ x, y }, i) => ({
    id: id(i),
    name: `node-${i}`,
    site: `site-${Math.floor(x * 4)}-${Math.floor(y * 4)}`,
    cpuMilli: 8000 * (1 + randomBelow(random, 4)),
    memoryMib: 32_768,
    diskMib: 262_144,
    hostSlots: 64,
    capabilities: ['netns', 'vserver'] as const,
    available: true,
  }))
  const links: SubstrateLink[] = []
  const joined = new Set<number>()
  const join = (a: number, b: number, distance: number) => {
    const key = Math.min(a, b) * count + Math.max(a, b)
    if (joined.has(key)) return
    joined.add(key)
    links.push({
      id: SubstrateLinkId.parse(`e${links.length}`),
      a: id(a),
      b: id(b),
      capacityMbps: 1000 * (1 + randomBelow(random, 4)),
      delayMs: MS_ACROSS * distance,
      mtuBytes: 1500,
    })
  }
  for (let i = 0; i < count; i++) {
    // The nearest that came before keeps it connected.
    for (const near of nearest(points, i, i, 1)) join(i, near.j, near.distance)
    for (const near of nearest(points, i, count, NEAREST)) join(i, near.j, near.distance)
  }
  return { nodes, links }
}

/** The `most` points nearest to point i among the first `among`, nearest first. */
function nearest(points: readonly { x: number; y: number }[], i: number, among: number, most: number) {
  const at = points[i] ?? { x: 0, y: 0 }
  const best: { j: number; distance: number }[] = []
  for (let j = 0; j < among; j++) {
    const point = points[j]
    if (!point || j === i) continue
    const distance = Math.hypot(point.x - at.x, point.y - at.y)
    if (best.length === most && distance >= (best.at(-1)?.distance ?? 0)) continue
    best.splice(best.findLastIndex((other) => other.distance <= distance) + 1, 0, { j, distance })
    best.length = Math.min(best.length, most)
  }
  return best
}

/** `count` hosts of 10 to 200 % CPU, one and a half links a host of 5 to 54 Mbit/s. */
export function randomRequest(count: number, seed: number): EmbeddingRequest {
  const random = seededRandom(seed)
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `h${i}`,
    kind: 'host' as const,
    name: `h${i}`,
    cpuMilli: 100 * (1 + randomBelow(random, 20)),
    memoryMib: 512,
    diskMib: 0,
    hostSlots: 1,
    needs: ['netns'] as const,
    pin: null,
    apart: null,
  }))
  const links: RequestedLink[] = []
  const join = (a: number, b: number) => {
    if (a === b) return
    links.push({
      id: LinkId.parse(`l${links.length}`),
      a: `h${a}`,
      b: `h${b}`,
      name: `h${a}–h${b}`,
      capacityMbps: 5 + randomBelow(random, 50),
      maxDelayMs: null,
    })
  }
  for (let i = 1; i < count; i++) join(i, randomBelow(random, i))
  for (let i = 0; i < count / 2; i++) join(randomBelow(random, count), randomBelow(random, count))
  return { nodes, links }
}
