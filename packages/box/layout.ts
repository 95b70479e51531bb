// Which servers does the box stand in for, and how are they joined? A small backbone: a ring with a chord where it is
// large enough, so that some virtual links span two hops and are relayed.

export interface BoxNode {
  name: string
  site: string
  latitude: number
  longitude: number
  /** Where its sshd listens, on a network of its own with this machine. */
  address: string
  /** This machine's end of that network. */
  gateway: string
  /** This machine's device for it. */
  device: string
  /** On the network that leads to the box's outside, if it has one. */
  outsideAddress: string
}

export interface BoxLink {
  a: string
  b: string
  aAddress: string
  bAddress: string
  prefixLength: number
  capacityMbps: number
  delayMs: number
  mtuBytes: number
}

export interface BoxLayout {
  /** Tells several boxes on one machine apart, in addresses and device names. */
  index: number
  nodes: BoxNode[]
  links: BoxLink[]
}

/** Boxes on one machine, and nodes in one of them: what the addresses below have room for. */
export const MOST_BOXES = 64
export const MOST_NODES = 256

const CITIES: readonly [site: string, latitude: number, longitude: number][] = [
  ['chicago', 41.85, -87.65],
  ['newyork', 40.71, -74.01],
  ['atlanta', 33.75, -84.39],
  ['houston', 29.76, -95.37],
  ['losangeles', 34.05, -118.24],
  ['seattle', 47.61, -122.33],
  ['denver', 39.74, -104.99],
  ['kansascity', 39.1, -94.58],
]

/**
 * What stands for the world outside a box: networks that nobody has (RFC 2544, RFC 5737). Each box has one of its own, so
 * that all may use the same addresses.
 */
export const OUTSIDE = {
  /** Where the nodes' default routes lead. */
  gateway: '198.18.0.1',
  prefixLength: 16,
  /** Each answers by HTTP and echoes on port 7; two, so that one can be allowed and the other not. */
  servers: ['203.0.113.80', '192.0.2.80'],
} as const

/** Ethernet with 100 bytes more than usual, so that guests keep their 1,500 under EGRE (decision 12). */
const MTU_BYTES = 1600
const CAPACITY_MBPS = 1000

/** Light in fibre covers 200 km a millisecond, and fibre is about half again as long as the way of the crow. */
export function fibreDelayMs(a: BoxNode, b: BoxNode): number {
  const rad = Math.PI / 180
  const half = (x: number, y: number) => Math.sin(((x - y) * rad) / 2) ** 2
  const h =
    half(a.latitude, b.latitude) +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * half(a.longitude, b.longitude)
  const km = 2 * 6371 * Math.asin(Math.sqrt(h))
  return Math.max(0.1, Math.round((km * 1.5) / 20) / 10)
}

function nodeAt(index: number, i: number): BoxNode {
  const [site, latitude, longitude] = CITIES[i % CITIES.length] ?? ['site', 0, 0]
  const round = Math.floor(i / CITIES.length) + 1
  // A /30 each, out of 100.64.0.0/10 (RFC 6598), which no guest and no LAN of a user is expected to have.
  const address = (host: number) => `100.${64 + index}.${Math.floor((i * 4) / 256)}.${((i * 4) % 256) + host}`
  return {
    name: `${site}-${round}`,
    site,
    latitude,
    longitude,
    gateway: address(1),
    address: address(2),
    device: `mvi${index}n${i}`,
    outsideAddress: `198.18.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`,
  }
}

/** The ring's neighbours, and for six nodes and more a chord from each third node to the one across. */
function pairs(count: number): [number, number][] {
  if (count < 2) return []
  if (count === 2) return [[0, 1]]
  const ring = Array.from({ length: count }, (_, i): [number, number] => [i, (i + 1) % count])
  if (count < 6) return ring
  const chords: [number, number][] = []
  for (let i = 0; i < count / 2; i += 3) chords.push([i, i + Math.floor(count / 2)])
  return [...ring, ...chords]
}

export function planBox(index: number, count: number): BoxLayout {
  if (!Number.isInteger(count) || count < 1 || count > MOST_NODES)
    throw new Error(`a box has 1 to ${MOST_NODES} nodes, not ${count}`)
  const nodes = Array.from({ length: count }, (_, i) => nodeAt(index, i))
  const links = pairs(count).map(([i, j], n): BoxLink => {
    const [a, b] = [nodes[i], nodes[j]]
    if (!a || !b) throw new Error('a pair names a node that is not there')
    // The link that closes the ring goes over IPv6, so that a box always has both, and paths that change between them.
    const isIpv6 = n === count - 1 && count > 2
    const net = isIpv6 ? `fd6d:7976:696e:${n.toString(16)}:` : `10.${200 + Math.floor(n / 256)}.${n % 256}.`
    return {
      a: a.name,
      b: b.name,
      aAddress: `${net}${isIpv6 ? ':' : ''}1`,
      bAddress: `${net}${isIpv6 ? ':' : ''}2`,
      prefixLength: isIpv6 ? 64 : 30,
      capacityMbps: CAPACITY_MBPS,
      delayMs: fibreDelayMs(a, b),
      mtuBytes: MTU_BYTES,
    }
  })
  return { index, nodes, links }
}
