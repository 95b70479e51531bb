// How does a slice stand, as rows? All that its page is told of, in one statement: pages ask again whenever something of it
// changes.
import type { ReservationState } from '@myvini/core/reservation/state'
import type { Database } from './database'

/** What of a reservation is told; null where it has none. */
export interface StandingReservation {
  id: string
  revisionId: string
  revision: number
  state: ReservationState
  startsAt: Date
  endsAt: Date
  startedAt: Date | null
  endingAt: Date | null
  reason: string
  placement: string
  decisionNote: string | null
  decider: string | null
  problem: unknown
}

/** Documents are as they were written by whoever reported or booked. */
export interface Holdings {
  /** Names of nodes by virtual host. */
  placed: Record<string, string>
  /** Paths are of ids of substrate links. */
  links: { linkId: string; path: string[]; egreKey: number }[]
  /** Names of their two nodes by the id of a substrate link. */
  ends: Record<string, [string, string]>
  controls: {
    virtualId: string
    cpuPercent: number | null
    cpuCapped: boolean | null
    memoryMib: number | null
    diskMib: number | null
    processes: number | null
  }[]
  emulations: { linkId: string; document: unknown }[]
  slivers: {
    state: string
    generation: number
    hosts: unknown
    links: unknown
    traffic: unknown
    node: { name: string; health: string; settledGeneration: number; specProblem: unknown }
  }[]
}

export interface Standing {
  /** The newest saved drawing. */
  latest: { revision: number; author: string }
  reservation: StandingReservation | null
  /** Null: there is no reservation, or it is over and has given everything back. */
  holdings: Holdings | null
}

type Row = Omit<StandingReservation, 'id'> & { id: string | null } & Pick<Standing, 'latest' | 'holdings'>

/** The reservation that is not over if there is one, else the last; null: there is no such slice. */
export async function loadStanding(db: Database, sliceId: string): Promise<Standing | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT json_build_object('revision', latest."number", 'author', latest."name") AS latest,
      r."id", r."revisionId", v."number" AS revision, r."state", r."startsAt", r."endsAt", r."startedAt", r."endingAt",
      r."reason", r."placement", r."decisionNote", d."name" AS decider, r."problem",
      CASE WHEN r."state" NOT IN ('denied', 'ended') THEN json_build_object(
        'placed', (SELECT coalesce(json_object_agg(p."virtualId", n."name"), '{}')
          FROM "HostPlacement" p JOIN "SubstrateNode" n ON n."id" = p."nodeId" WHERE p."reservationId" = r."id"),
        'links', (SELECT coalesce(json_agg(json_build_object('linkId', l."linkId", 'path', l."path", 'egreKey', l."egreKey")), '[]')
          FROM "LinkPlacement" l WHERE l."reservationId" = r."id"),
        'ends', (SELECT coalesce(json_object_agg(s."id", json_build_array(a."name", b."name")), '{}')
          FROM "SubstrateLink" s JOIN "SubstrateNode" a ON a."id" = s."aId" JOIN "SubstrateNode" b ON b."id" = s."bId"
          WHERE s."id" IN (SELECT unnest(l."path") FROM "LinkPlacement" l WHERE l."reservationId" = r."id")),
        'controls', (SELECT coalesce(json_agg(json_build_object('virtualId', c."virtualId", 'cpuPercent', c."cpuPercent",
            'cpuCapped', c."cpuCapped", 'memoryMib', c."memoryMib", 'diskMib', c."diskMib", 'processes', c."processes")), '[]')
          FROM "HostControl" c WHERE c."reservationId" = r."id"),
        'emulations', (SELECT coalesce(json_agg(json_build_object('linkId', e."linkId", 'document', e."document")), '[]')
          FROM "LinkEmulation" e WHERE e."reservationId" = r."id"),
        'slivers', (SELECT coalesce(json_agg(json_build_object('state', s."state", 'generation', s."generation",
            'hosts', s."hosts", 'links', s."links", 'traffic', s."traffic", 'node', json_build_object('name', n."name",
            'health', n."health", 'settledGeneration', n."settledGeneration", 'specProblem', n."specProblem"))), '[]')
          FROM "Sliver" s JOIN "SubstrateNode" n ON n."id" = s."nodeId" WHERE s."reservationId" = r."id")
      ) END AS holdings
    FROM (
      SELECT t."sliceId", t."number", u."name" FROM "TopologyRevision" t JOIN "User" u ON u."id" = t."authorId"
      WHERE t."sliceId" = ${sliceId} ORDER BY t."number" DESC LIMIT 1
    ) latest
    LEFT JOIN LATERAL (
      SELECT * FROM "Reservation" o WHERE o."sliceId" = latest."sliceId"
      ORDER BY o."state" IN ('denied', 'ended'), CASE WHEN o."state" NOT IN ('denied', 'ended') THEN o."startsAt" END,
        o."requestedAt" DESC
      LIMIT 1
    ) r ON true
    LEFT JOIN "TopologyRevision" v ON v."id" = r."revisionId"
    LEFT JOIN "User" d ON d."id" = r."deciderId"`
  if (!row) return null
  const { latest, holdings, id, ...rest } = row
  return { latest, reservation: id === null ? null : { id, ...rest }, holdings }
}
