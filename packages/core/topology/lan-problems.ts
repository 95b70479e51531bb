// Which LANs would carry frames round in circles, and which VLANs could not be?
import type { LanId } from '../ids'
import { type Graph, linkName } from './graph'
import type { Topology, VirtualLink } from './topology'
import type { TopologyProblem } from './validate'

/** IEEE 802.1Q §9.6: 0 is "no VLAN", 4095 is reserved. */
const MOST_VID = 4094

/** The LANs on the way from one to the other along links that were taken up so far. */
function wayBetween(from: LanId, to: LanId, next: ReadonlyMap<LanId, readonly LanId[]>): LanId[] {
  const cameFrom = new Map<LanId, LanId | null>([[from, null]])
  const queue = [from]
  for (const at of queue)
    for (const lan of next.get(at) ?? [])
      if (!cameFrom.has(lan)) {
        cameFrom.set(lan, at)
        queue.push(lan)
      }
  const way: LanId[] = []
  if (!cameFrom.has(to)) return way
  for (let at: LanId | null = to; at !== null; at = cameFrom.get(at) ?? null) way.push(at)
  return way
}

/** LANs joined in a circle of which some do not speak spanning tree: one broadcast would go round for ever. */
function loopProblems(topology: Topology, graph: Graph): TopologyProblem[] {
  const next = new Map<LanId, LanId[]>()
  const circling = new Set<LanId>()
  for (const link of topology.links) {
    const [a, b] = link.ends
    if (a.kind !== 'lan' || b.kind !== 'lan' || a.lan === b.lan) continue
    if (!graph.lans.has(a.lan) || !graph.lans.has(b.lan)) continue
    const way = wayBetween(a.lan, b.lan, next)
    for (const lan of way) circling.add(lan)
    if (way.length > 0) continue // the rest is a forest, so every circle is a way in it and one such link
    next.set(a.lan, [...(next.get(a.lan) ?? []), b.lan])
    next.set(b.lan, [...(next.get(b.lan) ?? []), a.lan])
  }
  return topology.lans
    .filter((lan) => circling.has(lan.id) && !lan.stp)
    .map((lan) => ({
      severity: 'error',
      code: 'topology.lan-loop',
      subject: { kind: 'lan', id: lan.id },
      message: `${lan.name} is in a circle of LANs and does not speak spanning tree: a broadcast would go round for ever.`,
      hint: `Switch on STP at ${lan.name} and at the other LANs of the circle, or remove one of the links between them.`,
    }))
}

function vlanProblems(link: VirtualLink, graph: Graph): TopologyProblem[] {
  return link.ends.flatMap((end): TopologyProblem[] => {
    const lan = end.kind === 'lan' ? graph.lans.get(end.lan) : undefined
    if (end.kind !== 'lan' || !lan || !end.vlan) return []
    const subject = { kind: 'link' as const, id: link.id }
    const where = `${linkName(graph, link)}, at ${lan.name},`
    const vids = end.vlan.mode === 'access' ? [end.vlan.vid] : end.vlan.vids
    const wrong = vids.find((vid) => vid < 1 || vid > MOST_VID)
    if (wrong !== undefined)
      return [
        {
          severity: 'error',
          code: 'topology.vlan-number',
          subject,
          message: `${where} is in VLAN ${wrong}, which cannot be.`,
          hint: `Use a number from 1 to ${MOST_VID}.`,
        },
      ]
    if (!lan.vlanFiltering)
      return [
        {
          severity: 'error',
          code: 'topology.vlan-unfiltered',
          subject,
          message: `${where} is put in VLAN ${vids.join(', ')}, but ${lan.name} knows no VLANs: all its links would hear each other.`,
          hint: `Switch on VLANs at ${lan.name}, or take this link's away.`,
        },
      ]
    if (vids.length > 0) return []
    return [
      {
        severity: 'warning',
        code: 'topology.vlan-none',
        subject,
        message: `${where} is a trunk of no VLAN at all: nothing passes it.`,
        hint: 'Name the VLANs that it is to carry, such as 10, 20.',
      },
    ]
  })
}

export const lanProblems = (topology: Topology, graph: Graph): TopologyProblem[] => [
  ...loopProblems(topology, graph),
  ...topology.links.flatMap((link) => vlanProblems(link, graph)),
]
