// What is the smallest set of routes that sends every known prefix to its next hop?
// ORTC (Draves, King, Venkatachary, Zill: "Constructing Optimal IP Routing Tables", INFOCOM 1999), with address space
// that nobody uses as "any next hop will do". A chain of 1,000 routers needs 20 routes each this way, not 1,000.
import { type Cidr, networkOf } from './cidr'

interface TrieNode<H> {
  prefix: Cidr
  children: [TrieNode<H> | null, TrieNode<H> | null]
  /** A prefix of the table ends here. */
  hop: H | null
  /** Next hops that are equally good for the whole subtree; null: any. */
  candidates: Set<H> | null
}

const BITS = { 4: 32, 6: 128 } as const

const newNode = <H>(prefix: Cidr): TrieNode<H> => ({ prefix, children: [null, null], hop: null, candidates: null })

/** The half of a node's space whose next bit is `bit`, made if it is not there. */
function childOf<H>(node: TrieNode<H>, bit: 0 | 1): TrieNode<H> {
  const { version, address, prefixLength } = node.prefix
  const place = BigInt(BITS[version] - 1 - prefixLength)
  return (node.children[bit] ??= newNode({
    version,
    address: address | (BigInt(bit) << place),
    prefixLength: prefixLength + 1,
  }))
}

function insert<H>(root: TrieNode<H>, prefix: Cidr, hop: H) {
  const bits = BITS[prefix.version]
  let node = root
  for (let depth = 0; depth < prefix.prefixLength; depth++)
    node = childOf(node, (prefix.address >> BigInt(bits - 1 - depth)) & 1n ? 1 : 0)
  node.hop = hop
}

/** `cover` is the next hop of the nearest wider prefix: space beside a narrower one still belongs to it. */
function gather<H>(node: TrieNode<H>, cover: H | null): Set<H> | null {
  const own = node.hop ?? cover
  if (!node.children[0] && !node.children[1]) return (node.candidates = own === null ? null : new Set([own]))
  const sideOf = (bit: 0 | 1) => node.children[bit] ?? (own === null ? null : childOf(node, bit))
  const [left, right] = [sideOf(0), sideOf(1)]
  const a = left && gather(left, own)
  const b = right && gather(right, own)
  if (a === null || b === null) return (node.candidates = a ?? b)
  const common = new Set([...a].filter((hop) => b.has(hop)))
  return (node.candidates = common.size > 0 ? common : new Set([...a, ...b]))
}

function assign<H>(node: TrieNode<H>, inherited: H | null, routes: { prefix: Cidr; hop: H }[]) {
  const [left, right] = node.children
  let current = inherited
  if (node.candidates !== null && (inherited === null || !node.candidates.has(inherited))) {
    // Where only one side is in use, the narrower prefix says the same and claims less foreign space.
    const onlyOneSide = ((left?.candidates ?? null) === null) !== ((right?.candidates ?? null) === null)
    if (!onlyOneSide) {
      current = first(node.candidates)
      if (current !== null) routes.push({ prefix: node.prefix, hop: current })
    }
  }
  if (left) assign(left, current, routes)
  if (right) assign(right, current, routes)
}

const first = <H>(set: Set<H>): H | null => {
  for (const hop of set) return hop
  return null
}

/**
 * Compresses a route table. Each given prefix keeps its next hop under longest-prefix match; prefixes not given may
 * end up anywhere inside the span of those given. All prefixes must be of one IP version; hops are compared by identity.
 */
export function compressRoutes<H>(table: readonly { prefix: Cidr; hop: H }[]): { prefix: Cidr; hop: H }[] {
  const version = table[0]?.prefix.version
  if (version === undefined) return []
  const root = newNode<H>({ version, address: 0n, prefixLength: 0 })
  for (const { prefix, hop } of table) insert(root, networkOf(prefix), hop)
  gather(root, null)
  const routes: { prefix: Cidr; hop: H }[] = []
  assign(root, null, routes)
  return routes
}
