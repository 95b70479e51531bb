// Which virtual interfaces are in one network, where LANs keep VLANs apart (IEEE 802.1Q)? On the wire a LAN with VLANs is one
// broadcast domain; to those who are on it, each VLAN is a network of its own.
import type { HostId, InterfaceId, LanId, LinkId } from '../ids'
import type { Port, Segment } from './graph'
import type { Lan, LinkEnd, Topology, VirtualLink } from './topology'

type LanEnd = Extract<LinkEnd, { kind: 'lan' }>

/** Without tags, where nothing else is said (IEEE 802.1Q §6.9: the default PVID). */
const DEFAULT_VID = 1

/** The networks of a LAN that a link's end is in: null of a LAN without VLANs; without tags one; on a trunk several. */
function vidsAt(lan: Lan, end: LanEnd): { vids: (number | null)[]; isTagged: boolean } {
  if (!lan.vlanFiltering) return { vids: [null], isTagged: false }
  if (end.vlan?.mode === 'trunk') return { vids: end.vlan.vids, isTagged: true }
  return { vids: [end.vlan?.vid ?? DEFAULT_VID], isTagged: false }
}

const keyOf = (lan: LanId, vid: number | null): string => (vid === null ? lan : `${lan} ${vid}`)

/** Joins what the same frames reach: union by the first that was seen, so that names stay as drawings grow. */
class Domains {
  private parent = new Map<string, string>()
  find(key: string): string {
    const up = this.parent.get(key)
    if (up === undefined || up === key) return key
    const root = this.find(up)
    this.parent.set(key, root)
    return root
  }
  join(a: string, b: string) {
    this.parent.set(this.find(b), this.find(a))
  }
}

/** LANs joined by a link: where both ends tell frames apart in the same way, each VLAN that both carry goes on. */
function joinLans(domains: Domains, [lanA, a]: [Lan, LanEnd], [lanB, b]: [Lan, LanEnd]) {
  const [at, to] = [vidsAt(lanA, a), vidsAt(lanB, b)]
  if (at.isTagged !== to.isTagged) return // tagged here and not there: what passes, if anything, is for nobody to plan
  if (!at.isTagged) return domains.join(keyOf(lanA.id, at.vids[0] ?? null), keyOf(lanB.id, to.vids[0] ?? null))
  for (const vid of at.vids) if (to.vids.includes(vid)) domains.join(keyOf(lanA.id, vid), keyOf(lanB.id, vid))
}

/**
 * Links as networks: as `graphOf` groups them, but each VLAN by itself. An interface on a trunk is in none: what it makes of
 * the tags is up to its host. Only links whose ends exist are looked at.
 */
export function vlanNetworks(
  topology: Topology,
  lans: ReadonlyMap<LanId, Lan>,
  portOf: (host: HostId, iface: InterfaceId) => Port | undefined,
  exists: (link: VirtualLink) => boolean,
): { networks: Segment[]; networkOf: Map<InterfaceId, Segment> } {
  const domains = new Domains()
  const links = topology.links.filter(exists)
  const lanEnds = (link: VirtualLink) =>
    link.ends.flatMap((end): [Lan, LanEnd][] => {
      const lan = end.kind === 'lan' ? lans.get(end.lan) : undefined
      return end.kind === 'lan' && lan ? [[lan, end]] : []
    })
  for (const link of links) {
    const [a, b] = lanEnds(link)
    if (a && b) joinLans(domains, a, b)
  }
  const networks = new Map<string, Segment>()
  const networkOf = new Map<InterfaceId, Segment>()
  const open = (id: string) => {
    const known = networks.get(id) ?? { id, lans: [], links: [], ports: [] }
    networks.set(id, known)
    return known
  }
  for (const link of links) {
    const [first, second] = lanEnds(link)
    const at = first && vidsAt(...first)
    if (first && second) {
      // Which networks a link between LANs carries matters to nobody who is on them.
      for (const vid of at?.vids ?? []) addLan(open(domains.find(keyOf(first[0].id, vid))), first[0], link)
      continue
    }
    if (at?.isTagged) continue
    const network = open(first ? domains.find(keyOf(first[0].id, at?.vids[0] ?? null)) : link.id)
    if (first) addLan(network, first[0], link)
    else network.links.push(link)
    for (const end of link.ends) {
      const port = end.kind === 'interface' ? portOf(end.host, end.interface) : undefined
      if (!port) continue
      network.ports.push(port)
      networkOf.set(port.iface.id, network)
    }
  }
  return { networks: [...networks.values()], networkOf }
}

function addLan(network: Segment, lan: Lan, link: VirtualLink) {
  if (!network.lans.some((l) => l.id === lan.id)) network.lans.push(lan)
  if (!network.links.some((l: { id: LinkId }) => l.id === link.id)) network.links.push(link)
}
