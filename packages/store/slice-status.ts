// How does a slice stand, host by host and link by link? What the live view, the list and the terminals are shown.
import { PartReport, type PartState } from '@myvini/core/desired/report'
import { type StartUpStory, tellStartUp } from '@myvini/core/desired/start-up-words'
import type { SliceState } from '@myvini/core/reservation/state'
import type { Problem } from '@myvini/core/result'
import { planRouting } from '@myvini/core/routing/setup'
import type { Emulation } from '@myvini/core/topology/emulation'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import type { Database } from './database'
import { emulationIn } from './emulation'
import type { Prisma } from './generated/client'
import { savedDrawing } from './saved-drawings'
import { NO_PROGRESS, progressOf, type SliceProgress } from './slice-progress'
import { type Holdings, loadStanding, type Standing, type StandingReservation } from './standing'
import { type LinkTraffic, sumTraffic } from './traffic'

export interface HostStatus {
  state: PartState | 'gone'
  reason: string | null
  node: string | null
  /** What a running host was given instead of what was drawn; null: as drawn. */
  given: { cpuPercent: number; cpuCapped: boolean; memoryMib: number; diskMib: number; processes: number } | null
  /** How its start went; null: there is nothing to tell of, or not yet. */
  startUp: StartUpStory | null
}

export interface LinkStatus {
  state: PartState | 'gone'
  reason: string | null
  /** Names of the substrate nodes it passes, from its first end to its second. */
  nodes: string[]
  egreKey: number | null
}

export interface SliceStatus {
  state: SliceState
  reservation: {
    id: string
    revision: number
    startsAt: Date
    endsAt: Date
    reason: string
    decisionNote: string | null
    decider: string | null
    problem: Problem | null
    placement: string
  } | null
  hosts: Record<string, HostStatus>
  links: Record<string, LinkStatus>
  /** In force by link: as booked, or as changed since. Links that pass frames as they are, are left out. */
  emulations: Record<string, Emulation>
  progress: SliceProgress
  /** What passes its links. */
  traffic: LinkTraffic
  /** The newest saved drawing, so that a tab notices that another has saved before it tries to. */
  latest: Standing['latest']
}

const Parts = z.record(z.string(), PartReport)

const include = {
  placements: { include: { node: { select: { name: true } } } },
  links: true,
  controls: true,
  revision: true,
} satisfies Prisma.ReservationInclude
type Row = Prisma.ReservationGetPayload<{ include: typeof include }>

const GONE = { state: 'gone' as const, reason: null }

/** A link is up when every node that has a part in it says so, and failed as soon as one says that. */
function mergeLink(parts: readonly PartReport[]): Pick<LinkStatus, 'state' | 'reason'> {
  const failed = parts.find((p) => p.state === 'failed')
  if (failed) return { state: 'failed', reason: failed.reason ?? null }
  return { state: parts.length > 0 && parts.every((p) => p.state === 'up') ? 'up' : 'pending', reason: null }
}

function nodesAlong(
  path: readonly string[],
  start: string | undefined,
  ends: ReadonlyMap<string, readonly [string, string]>,
): string[] {
  const nodes = start === undefined ? [] : [start]
  for (const id of path) {
    const at = nodes.at(-1)
    const pair = ends.get(id)
    if (pair) nodes.push(pair[0] === at ? pair[1] : pair[0])
  }
  return nodes
}

function emulationsOf(changed: Holdings['emulations'], topology: Topology): Record<string, Emulation> {
  const now = new Map(changed.map(({ linkId, document }) => [linkId, emulationIn(document)]))
  return Object.fromEntries(
    topology.links.flatMap((link) => {
      const emulation = now.has(link.id) ? now.get(link.id) : link.emulation
      return emulation ? [[link.id, emulation] as const] : []
    }),
  )
}

/** By host. What routing brings along stands before what was drawn. */
function startsOf(topology: Topology, parts: ReadonlyMap<string, PartReport>): Map<string, StartUpStory> {
  const told = topology.hosts.filter((host) => parts.get(host.id)?.startUp)
  // How large packets may be changes what is in the files, not how many there are.
  const routing = told.length > 0 ? planRouting(topology, 1500) : null
  return new Map(
    told.flatMap((host) => {
      const report = parts.get(host.id)?.startUp
      const own = routing?.get(host.id)
      const files = (own?.files.length ?? 0) + host.files.length
      const commands = (own?.startup.length ?? 0) + host.commands.length
      return report ? [[host.id, tellStartUp(host, report, { files, commands })] as const] : []
    }),
  )
}

/** Of the reservation itself, whatever it has on nodes. */
const reservationOf = (row: StandingReservation): NonNullable<SliceStatus['reservation']> => ({
  id: row.id,
  revision: row.revision,
  startsAt: row.startsAt,
  endsAt: row.endsAt,
  reason: row.reason,
  decisionNote: row.decisionNote,
  decider: row.decider,
  problem: row.problem as Problem | null, // written only by our own code, as a Problem
  placement: row.placement,
})

async function statusOf(db: Database, row: StandingReservation, held: Holdings): Promise<Omit<SliceStatus, 'latest'>> {
  const topology = await savedDrawing(db, row.revisionId)
  const slivers = held.slivers.map((s) => ({
    node: s.node,
    generation: s.generation,
    isGone: s.state === 'gone',
    hosts: Parts.parse(s.hosts),
    links: Parts.parse(s.links),
  }))
  const gone = new Set(slivers.filter((s) => s.isGone).map((s) => s.node.name))
  const cutOff = new Set(slivers.filter((s) => s.node.health !== 'healthy').map((s) => s.node.name))
  const lost = (name: string) => ({
    state: 'failed' as const,
    reason: `${name} cannot be reached; what is on it may still run.`,
  })
  const hostParts = new Map(slivers.flatMap((s) => Object.entries(s.hosts)))
  const starts = startsOf(topology, hostParts)
  const hosts: Record<string, HostStatus> = {}
  const given = new Map(
    held.controls.flatMap(({ virtualId, cpuPercent, cpuCapped, memoryMib, diskMib, processes }) => {
      // Of before disk could be given, there is none in a control: then it is as drawn.
      const disk = diskMib ?? topology.hosts.find((h) => h.id === virtualId)?.diskMib
      return cpuPercent === null || cpuCapped === null || memoryMib === null || disk === undefined || processes === null
        ? []
        : [[virtualId, { cpuPercent, cpuCapped, memoryMib, diskMib: disk, processes }] as const]
    }),
  )
  for (const thing of [...topology.hosts, ...topology.lans]) {
    const part = hostParts.get(thing.id)
    const node = held.placed[thing.id] ?? null
    const known = { state: part?.state ?? ('pending' as const), reason: part?.reason ?? null }
    hosts[thing.id] = {
      ...(node !== null && gone.has(node) ? GONE : node !== null && cutOff.has(node) ? lost(node) : known),
      node,
      given: given.get(thing.id) ?? null,
      startUp: starts.get(thing.id) ?? null,
    }
  }

  const ends = new Map(Object.entries(held.ends))
  const placements = new Map(held.links.map((l) => [l.linkId, l]))
  const links: Record<string, LinkStatus> = {}
  for (const link of topology.links) {
    const placement = placements.get(link.id)
    const [end] = link.ends
    const path = placement?.path ?? []
    // Relays and both ends report a part each; a local link has one report.
    const parts = slivers.flatMap((s) => s.links[link.id] ?? [])
    const merged = mergeLink(parts)
    const complete = parts.length >= (path.length === 0 ? 1 : path.length + 1)
    const nodes = nodesAlong(path, held.placed[end.kind === 'lan' ? end.lan : end.host], ends)
    const away = nodes.find((name) => cutOff.has(name) && !gone.has(name))
    const isGone = nodes.length > 0 && nodes.every((name) => gone.has(name))
    links[link.id] = {
      ...merged,
      state: merged.state === 'up' && !complete ? 'pending' : merged.state,
      ...(away !== undefined && lost(away)),
      ...(isGone && GONE),
      nodes,
      egreKey: placement?.egreKey ?? null,
    }
  }

  return {
    state: row.state,
    reservation: reservationOf(row),
    hosts,
    links,
    emulations: emulationsOf(held.emulations, topology),
    progress: progressOf(row, slivers, hosts, links, topology),
    traffic: sumTraffic(held.slivers),
  }
}

const DRAFT: Omit<SliceStatus, 'latest'> = {
  state: 'draft',
  reservation: null,
  hosts: {},
  links: {},
  emulations: {},
  progress: NO_PROGRESS,
  traffic: sumTraffic([]),
}

/** The reservation that says how a slice stands: one that is not over if there is one, else the last. */
export async function currentReservation(db: Database, sliceId: string): Promise<Row | null> {
  const current = await db.reservation.findFirst({
    where: { sliceId, state: { notIn: ['denied', 'ended'] } },
    orderBy: { startsAt: 'asc' },
    include,
  })
  return current ?? db.reservation.findFirst({ where: { sliceId }, orderBy: { requestedAt: 'desc' }, include })
}

export async function loadSliceStatus(db: Database, sliceId: string): Promise<SliceStatus> {
  const standing = await loadStanding(db, sliceId)
  if (!standing) throw new Error(`slice ${sliceId} has no drawing`)
  const { reservation, holdings, latest } = standing
  if (!reservation) return { ...DRAFT, latest }
  if (holdings) return { ...(await statusOf(db, reservation, holdings)), latest }
  // What is over has given everything back: only how it ended is left to tell.
  return { ...DRAFT, state: reservation.state, reservation: reservationOf(reservation), latest }
}
