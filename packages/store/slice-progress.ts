// How far is a slice that comes up or goes down, on each of its nodes, and what stands in the way where?
import { partIdOf } from '@myvini/core/desired/naming'
import type { PartReport } from '@myvini/core/desired/report'
import { groupBy } from '@myvini/core/group-by'
import type { ReservationState } from '@myvini/core/reservation/state'
import type { Subject } from '@myvini/core/result'
import { graphOf, linkName } from '@myvini/core/topology/graph'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'

/** `done` counts what is up, and of a slice that goes down what is gone. */
export interface NodeProgress {
  node: string
  hostsDone: number
  hosts: number
  linksDone: number
  links: number
  /** `waiting`: it has not been given this slice's part, or has not answered yet. */
  state: 'done' | 'working' | 'waiting' | 'unreachable' | 'refused'
  /** Of one that cannot be reached or refused its spec. */
  reason: string | null
}

/** A part that was refused or failed, by the name it has in the drawing. */
export interface FailedPart {
  name: string
  reason: string
  subject: Subject
}

export interface SliceProgress {
  hostsUp: number
  hosts: number
  linksUp: number
  links: number
  /** Names of nodes that have not done their part yet. */
  waitingFor: string[]
  nodes: NodeProgress[]
  failed: FailedPart[]
  /** Since when it comes up or goes down; null: it does neither. */
  since: Date | null
}

export const NO_PROGRESS: SliceProgress = {
  hostsUp: 0,
  hosts: 0,
  linksUp: 0,
  links: 0,
  waitingFor: [],
  nodes: [],
  failed: [],
  since: null,
}

/** As `recordRefusal` writes it. */
const Refusal = z.object({
  message: z.string(),
  subject: z.object({ kind: z.enum(['host', 'lan', 'link']), id: z.string() }).optional(),
})

export interface SliverOnNode {
  node: { name: string; health: string; settledGeneration: number; specProblem: unknown }
  generation: number
  isGone: boolean
  hosts: Record<string, PartReport>
  links: Record<string, PartReport>
}

type States = Record<string, { state: string; reason: string | null }>

const DONE: readonly string[] = ['up', 'stopped']

function stateOnNode(sliver: SliverOnNode, isLeaving: boolean, isComplete: boolean): NodeProgress['state'] {
  const { node, generation, isGone } = sliver
  if (isGone || (!isLeaving && isComplete && node.health === 'healthy')) return 'done'
  if (node.health !== 'healthy') return 'unreachable'
  if (node.specProblem !== null) return 'refused'
  const hasBegun = Object.keys(sliver.hosts).length + Object.keys(sliver.links).length > 0
  return generation === 0 || !hasBegun ? 'waiting' : 'working'
}

/** Of another slice's part nothing is told but that there is one. */
function refusalWords(problem: unknown, reservationId: string): string {
  const refusal = Refusal.safeParse(problem)
  if (!refusal.success) return 'It refused what it was told to be.'
  const { message, subject } = refusal.data
  const isOurs = subject === undefined || partIdOf(reservationId, subject.id) !== subject.id
  return isOurs ? message : 'It refused its plan for a part of another slice; its admin is told which.'
}

/** By kind and id. Only what stands in the way is told by name, and mostly nothing does. */
type Names = () => ReadonlyMap<string, string>

function refusedPart(problem: unknown, reservationId: string, names: Names): FailedPart[] {
  const refusal = Refusal.safeParse(problem)
  const subject = refusal.success ? refusal.data.subject : undefined
  if (!refusal.success || !subject) return []
  const id = partIdOf(reservationId, subject.id)
  const name = names().get(`${subject.kind} ${id}`)
  return name === undefined ? [] : [{ name, reason: refusal.data.message, subject: { kind: subject.kind, id } }]
}

function namesIn(topology: Topology): Map<string, string> {
  const graph = graphOf(topology)
  return new Map([
    ...topology.hosts.map((h) => [`host ${h.id}`, h.name] as const),
    ...topology.lans.map((l) => [`lan ${l.id}`, l.name] as const),
    ...topology.links.map((l) => [`link ${l.id}`, linkName(graph, l)] as const),
  ])
}

const failedIn = (kind: 'host' | 'lan' | 'link', ids: readonly string[], states: States, names: Names) =>
  ids.flatMap((id): FailedPart[] =>
    states[id]?.state === 'failed'
      ? [
          {
            name: names().get(`${kind} ${id}`) ?? id,
            reason: states[id].reason ?? 'The node gave no reason.',
            subject: { kind, id },
          },
        ]
      : [],
  )

const count = (parts: States, states: readonly string[]) =>
  Object.values(parts).filter((p) => states.includes(p.state)).length

export function progressOf(
  row: { id: string; state: ReservationState; startedAt: Date | null; endingAt: Date | null },
  slivers: readonly SliverOnNode[],
  hosts: Record<string, { state: string; reason: string | null; node: string | null }>,
  links: Record<string, { state: string; reason: string | null; nodes: string[] }>,
  topology: Topology,
): SliceProgress {
  const isLeaving = row.state === 'ending'
  const ids = (things: readonly { id: string }[]) => things.map((t) => t.id)
  const on = groupBy(Object.entries(hosts), ([, host]) => host.node)
  const passings = Object.entries(links).flatMap(([id, link]) => [...new Set(link.nodes)].map((node) => ({ id, node })))
  const over = groupBy(passings, ({ node }) => node)
  const nodes = slivers
    .map((sliver): NodeProgress => {
      const { node } = sliver
      const mine = on.get(node.name) ?? []
      const passing = over.get(node.name) ?? []
      const isDone = (part: PartReport | undefined) =>
        isLeaving ? sliver.isGone : part !== undefined && DONE.includes(part.state)
      const hostsDone = mine.filter(([id]) => isDone(sliver.hosts[id])).length
      const linksDone = passing.filter(({ id }) => isDone(sliver.links[id])).length
      const isComplete = hostsDone === mine.length && linksDone === passing.length
      const state = stateOnNode(sliver, isLeaving, isComplete)
      const reason =
        state === 'refused'
          ? refusalWords(node.specProblem, row.id)
          : state === 'unreachable'
            ? 'It cannot be reached; what is on it may still run.'
            : null
      return { node: node.name, hostsDone, hosts: mine.length, linksDone, links: passing.length, state, reason }
    })
    .toSorted((a, b) => (a.node < b.node ? -1 : 1))
  let made: ReadonlyMap<string, string> | undefined
  const names: Names = () => (made ??= namesIn(topology))
  const refused = slivers.flatMap((s) =>
    s.isGone || s.node.specProblem === null ? [] : refusedPart(s.node.specProblem, row.id, names),
  )
  // What is on a node that cannot be reached is told once, of the node.
  const cutOff = new Set(nodes.filter((n) => n.state === 'unreachable').map((n) => n.node))
  const reached = <T>(parts: Record<string, T>, nodesOf: (part: T) => readonly string[]): Record<string, T> =>
    cutOff.size === 0
      ? parts
      : Object.fromEntries(Object.entries(parts).filter(([, part]) => !nodesOf(part).some((node) => cutOff.has(node))))
  const onReached = reached(hosts, ({ node }) => (node === null ? [] : [node]))
  const overReached = reached(links, (link) => link.nodes)
  return {
    hostsUp: count(hosts, ['up']),
    hosts: Object.keys(hosts).length,
    linksUp: count(links, ['up']),
    links: Object.keys(links).length,
    waitingFor: nodes.filter((n) => n.state !== 'done').map((n) => n.node),
    nodes,
    failed: [
      ...refused,
      ...failedIn('host', ids(topology.hosts), onReached, names),
      ...failedIn('lan', ids(topology.lans), onReached, names),
      ...failedIn('link', ids(topology.links), overReached, names),
    ],
    since: isLeaving ? row.endingAt : row.state === 'provisioning' ? row.startedAt : null,
  }
}
