// What has to be known of slices that run before anything can be planned for them? Read for many of them in one question.
import type { ActiveSlice } from '@myvini/core/desired/compile'
import { LinkId, ReservationId, SliceId } from '@myvini/core/ids'
import { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'
import { resolveImagesOf } from './image-needs'
import { linkIdOf, nodeIdOf } from './substrate'

const UIDS_PER_RANGE = 65_536

/** The first range is the machine's own users, so leased slots begin with the second. */
const uidBaseOf = (slot: number): number => UIDS_PER_RANGE * (slot + 1)

/** An embedding as it was read; `version` counts the embeddings that a reservation has had. */
export interface Embedded {
  active: ActiveSlice
  version: number
}

interface Row {
  id: string
  version: number
  requestedAt: Date
  sliceId: string
  label: string
  document: unknown
  slot: number
  placements: [virtualId: string, nodeId: string][]
  links: [linkId: string, path: string[], egreKey: number][]
  hostUids: [virtualId: string, slot: number][]
  nodeIds: string[]
}

const readRows = (db: Database | Transaction, ids: readonly string[]): Promise<Row[]> => db.$queryRaw<Row[]>`
  SELECT r."id", r."embeddingVersion" AS "version", r."requestedAt", s."id" AS "sliceId", p."slug" || '/' || s."name" AS "label",
    t."document", u."slot",
    coalesce((SELECT json_agg(json_build_array(h."virtualId", h."nodeId")) FROM "HostPlacement" h
      WHERE h."reservationId" = r."id"), '[]') AS "placements",
    coalesce((SELECT json_agg(json_build_array(l."linkId", l."path", l."egreKey")) FROM "LinkPlacement" l
      WHERE l."reservationId" = r."id"), '[]') AS "links",
    coalesce((SELECT json_agg(json_build_array(h."virtualId", h."slot")) FROM "HostUidLease" h
      WHERE h."reservationId" = r."id"), '[]') AS "hostUids",
    coalesce((SELECT json_agg(v."nodeId") FROM "Sliver" v WHERE v."reservationId" = r."id"), '[]') AS "nodeIds"
  FROM "Reservation" r
  JOIN "TopologyRevision" t ON t."id" = r."revisionId"
  JOIN "Slice" s ON s."id" = r."sliceId"
  JOIN "Project" p ON p."id" = s."projectId"
  JOIN "UidRangeLease" u ON u."reservationId" = r."id"
  WHERE r."id" = ANY(${[...ids]})`

/**
 * One statement, so that what belongs together was written together. Reservations that hold nothing are left out.
 * What was the newest image when it was booked stays so: a running host does not change its image under its user.
 */
export async function loadActiveSlices(
  db: Database | Transaction,
  ids: readonly string[],
): Promise<Map<string, Embedded>> {
  if (ids.length === 0) return new Map()
  const rows = (await readRows(db, ids)).map((row) => ({ ...row, topology: Topology.parse(row.document) }))
  const images = await resolveImagesOf(
    db,
    rows.map(({ topology, requestedAt }) => ({ references: topology.hosts.map((h) => h.image), by: requestedAt })),
  )
  return new Map(
    rows.map((row, i) => {
      const active: ActiveSlice = {
        slice: SliceId.parse(row.sliceId),
        reservation: ReservationId.parse(row.id),
        label: row.label,
        topology: row.topology,
        images: images[i] ?? new Map(),
        nodes: new Map(row.placements.map(([virtualId, node]) => [virtualId, nodeIdOf(node)])),
        paths: new Map(row.links.map(([link, path]) => [LinkId.parse(link), path.map(linkIdOf)])),
        keys: new Map(row.links.map(([link, , key]) => [LinkId.parse(link), key])),
        hostUidBases: new Map(row.hostUids.map(([virtualId, slot]) => [virtualId, uidBaseOf(slot)])),
        uidBases: new Map(row.nodeIds.map((node) => [nodeIdOf(node), uidBaseOf(row.slot)])),
      }
      return [row.id, { active, version: row.version }]
    }),
  )
}
