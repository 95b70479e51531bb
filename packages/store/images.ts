// Which images are there, and what is being done about which? Rows; the files are kept by whoever builds.
import type { Recipe } from '@myvini/core/images/image'
import { HOST_USR, imageLabel } from '@myvini/core/images/image'
import { ImageNeeds } from '@myvini/core/images/needs'
import { HOLDING } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { ImageState } from './generated/enums'
import { transact } from './transact'

const Packages = z.array(z.object({ name: z.string(), version: z.string() }))
const StoredProblem = z.object({ code: z.string(), message: z.string(), hint: z.string() })

export interface ImageRow {
  id: string
  name: string
  version: number
  /** As topologies name it. */
  label: string
  state: ImageState
  source: string
  description: string
  wanted: string[]
  packages: { name: string; version: string }[]
  hash: string | null
  packedBytes: number | null
  unpackedBytes: number | null
  progress: string
  problem: Problem | null
  createdAt: Date
  /** Names of nodes that have it, and how much of it has come to others. */
  nodes: { name: string; present: boolean; sentBytes: number }[]
}

const bytes = (value: bigint | null): number | null => (value === null ? null : Number(value))

export async function listImages(db: Database): Promise<ImageRow[]> {
  const [rows, onNodes] = await Promise.all([
    db.image.findMany({ orderBy: [{ name: 'asc' }, { version: 'desc' }] }),
    db.nodeImage.findMany({ include: { node: { select: { name: true } } }, orderBy: { node: { name: 'asc' } } }),
  ])
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    label: imageLabel(row.name, row.version),
    state: row.state,
    source: row.source,
    description: row.description,
    wanted: row.wanted,
    packages: Packages.parse(row.packages),
    hash: row.hash,
    packedBytes: bytes(row.packedBytes),
    unpackedBytes: bytes(row.unpackedBytes),
    progress: row.progress,
    problem: StoredProblem.nullable().parse(row.problem),
    createdAt: row.createdAt,
    nodes: onNodes
      .filter((n) => n.hash === row.hash)
      .map((n) => ({ name: n.node.name, present: n.present, sentBytes: Number(n.sentBytes) })),
  }))
}

/** Those that everybody may start from, and those of the project. */
const openTo = (projectId: string | null) =>
  projectId === null ? { projectId: null } : { OR: [{ projectId: null }, { projectId }] }

/** What researchers choose from, all versions that are ready; of a project's own only in that project. */
export async function listChoices(
  db: Database,
  projectId: string | null,
): Promise<{ name: string; label: string; description: string; needs: ImageNeeds }[]> {
  const rows = await db.image.findMany({
    where: {
      AND: [openTo(projectId), { OR: [{ savedSliceId: null }, { savedSlice: { state: 'ready' } }] }],
      state: 'ready',
    },
    orderBy: [{ name: 'asc' }, { version: 'desc' }],
    select: { name: true, version: true, description: true, needs: true },
  })
  return rows.map(({ name, version, description, needs }) => ({
    ...{ name, label: imageLabel(name, version), description },
    needs: ImageNeeds.parse(needs),
  }))
}

export interface NewImage {
  recipe: Pick<Recipe, 'name' | 'description' | 'needs'> & { packages?: readonly string[] }
  source: 'recipe' | 'archive' | 'host'
  actorId: string | null
  /** Of a host: whose it will be, and where it comes from. */
  from?: { projectId: string; nodeId: string; hostKey: string }
}

const reserved = fail<Problem>({
  code: 'image.name-reserved',
  message: `"${HOST_USR}" names the node's own programs, which need no image.`,
  hint: 'Choose another name.',
  subject: { kind: 'field', id: 'name' },
})

const nameTaken = fail<Problem>({
  code: 'image.name-taken',
  message: 'Images of another project, or of everybody, have this name.',
  hint: 'Choose another name.',
  subject: { kind: 'field', id: 'name' },
})

/** Waits to be built. An archive is put in its place by the caller, who then lets it be worked on with `queueImage`. */
export function addImage(db: Database, image: NewImage): Promise<Result<{ id: string; version: number }>> {
  const { recipe, source, actorId, from } = image
  if (recipe.name === HOST_USR) return Promise.resolve(reserved)
  return transact(db, async (tx) => {
    // Two who ask at once get two versions, one after the other.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('image'), hashtext(${recipe.name}))::text`
    const newest = await tx.image.findFirst({ where: { name: recipe.name }, orderBy: { version: 'desc' } })
    // Versions of one name follow each other: they are all of the same owner.
    if (newest && newest.projectId !== (from?.projectId ?? null)) return nameTaken
    const version = (newest?.version ?? 0) + 1
    const row = await tx.image.create({
      data: {
        name: recipe.name,
        version,
        source,
        description: recipe.description,
        wanted: [...(recipe.packages ?? [])],
        ...(recipe.needs && { needs: recipe.needs }),
        createdById: actorId,
        ...(source === 'archive' && { state: 'working', progress: 'Being uploaded', workedAt: new Date() }),
        // Nobody works on it until its node's controller does, so nobody has fallen silent over it either.
        ...(from && { ...from, state: 'working', progress: 'Waits for its node' }),
      },
      select: { id: true },
    })
    await auditImage(tx, actorId, 'image.add', row.id, imageLabel(recipe.name, version))
    if (source === 'recipe') await hintImages(tx)
    return ok({ id: row.id, version })
  })
}

const auditImage = (tx: Transaction, actorId: string | null, action: string, subjectId: string, label: string) =>
  writeAudit(tx, { actorId, action, subjectType: 'image', subjectId, detail: { image: label } })

export const hintImages = (tx: Database | Transaction) => tx.$queryRaw`SELECT pg_notify('myvini', 'image all')::text`

/** False: it was to be deleted meanwhile. */
export async function queueImage(db: Database, id: string): Promise<boolean> {
  const { count } = await db.image.updateMany({
    where: { id, state: 'working' },
    data: { state: 'queued', progress: '' },
  })
  await hintImages(db)
  return count > 0
}

export interface Work {
  id: string
  name: string
  version: number
  kind: 'recipe' | 'archive' | 'delete'
  wanted: string[]
  description: string
  hash: string | null
}

/** Somebody who has not been heard of for so long has died over it. */
const SILENT_MS = 120_000

/** The oldest that waits, or that was left lying; marked as worked on. Null when there is nothing to do. */
export async function claimImage(db: Database, now: Date): Promise<Work | null> {
  const silent = new Date(now.getTime() - SILENT_MS)
  const [row] = await db.$queryRaw<{ id: string; was: ImageState }[]>`
    WITH next AS (
      SELECT "id", "state" FROM "Image"
      WHERE "state" IN ('queued', 'deleting') OR ("state" = 'working' AND "workedAt" < ${silent})
      ORDER BY "createdAt" FOR UPDATE SKIP LOCKED LIMIT 1
    )
    UPDATE "Image" i SET "state" = CASE WHEN next."state" = 'deleting' THEN next."state" ELSE 'working' END, "workedAt" = ${now}
    FROM next WHERE i."id" = next."id" RETURNING i."id", next."state" AS "was"`
  if (!row) return null
  const image = await db.image.findUniqueOrThrow({ where: { id: row.id } })
  return {
    id: image.id,
    name: image.name,
    version: image.version,
    kind: row.was === 'deleting' ? 'delete' : image.source === 'recipe' ? 'recipe' : 'archive',
    wanted: image.wanted,
    description: image.description,
    hash: image.hash,
  }
}

export async function tellProgress(db: Database, id: string, progress: string): Promise<void> {
  await db.image.updateMany({ where: { id, state: 'working' }, data: { progress, workedAt: new Date() } })
}

export interface Finished {
  hash: string
  packedBytes: number
  unpackedBytes: number
  packages: { name: string; version: string }[]
}

/**
 * Its file is in its place. False: nobody wants it any more, and nothing else has this file. One that is to be deleted is
 * told of its hash, so that its file goes with it.
 */
export async function finishImage(db: Database, id: string, done: Finished): Promise<boolean> {
  const { count } = await db.image.updateMany({
    where: { id, state: { not: 'deleting' } },
    data: { ...done, state: 'ready', progress: '', problem: undefined, finishedAt: new Date() },
  })
  if (count > 0) return true
  const { count: leaving } = await db.image.updateMany({ where: { id }, data: { hash: done.hash } })
  return leaving > 0 || (await db.image.count({ where: { hash: done.hash } })) > 0
}

export async function failImage(db: Database, id: string, problem: Problem): Promise<void> {
  const { code, message, hint } = problem
  await db.image.updateMany({
    where: { id, state: 'working' },
    data: { state: 'failed', progress: '', problem: { code, message, hint }, finishedAt: new Date() },
  })
}

export async function forgetImage(db: Database, id: string): Promise<{ hashStillUsed: boolean }> {
  const row = await db.image.delete({ where: { id } })
  const others = row.hash === null ? 0 : await db.image.count({ where: { hash: row.hash } })
  return { hashStillUsed: others > 0 }
}

/** Names of images in the drawings of reservations that are not over. */
async function usedBy(tx: Transaction): Promise<Map<string, string>> {
  const rows = await tx.reservation.findMany({
    where: { state: { in: [...HOLDING, 'approved', 'requested'] } },
    select: { slice: { select: { name: true } }, revision: { select: { document: true } } },
  })
  const used = new Map<string, string>()
  for (const { slice, revision } of rows)
    for (const host of Topology.parse(revision.document).hosts) used.set(host.image, slice.name)
  return used
}

/** Refuses, by name, what a reservation or a running host still starts from. */
export async function mayGo(
  tx: Transaction,
  images: readonly { id: string; name: string; version: number; hash: string | null }[],
): Promise<Result<null>> {
  const used = await usedBy(tx)
  for (const { id, name, version, hash } of images) {
    const label = imageLabel(name, version)
    const others = await tx.image.count({ where: { name, state: 'ready', id: { not: id } } })
    const slice = used.get(label) ?? (others === 0 ? used.get(name) : undefined)
    const started = hash === null ? 0 : await tx.hostControl.count({ where: { image: hash } })
    if (slice === undefined && started > 0)
      return fail({
        code: 'image.used',
        message: `${label} is what a running host was restored from.`,
        hint: 'Wait until its slice has ended, or reset the disk of the host.',
      })
    if (slice !== undefined)
      return fail({
        code: 'image.used',
        message: `${label} is in the drawing of a reservation that is not over, of the slice ${slice}.`,
        hint: 'Wait until that reservation has ended, or end it.',
      })
  }
  return ok(null)
}

/** `projectId`: only if it was saved from a host of that project. */
export function deleteImage(
  db: Database,
  actorId: string,
  id: string,
  projectId?: string,
): Promise<Result<{ label: string }>> {
  return transact(db, async (tx) => {
    const row = await tx.image.findFirst({ where: { id, ...(projectId !== undefined && { projectId }) } })
    if (!row)
      return fail({ code: 'image.gone', message: 'This image is no longer there.', hint: 'Reload the list of images.' })
    const label = imageLabel(row.name, row.version)
    const whole = row.savedSliceId && (await tx.savedSlice.findUnique({ where: { id: row.savedSliceId } }))
    if (whole)
      return fail({
        code: 'image.of-a-whole',
        message: `${label} belongs to the saved slice ${whole.name}.`,
        hint: 'Delete that, under Templates; its images go with it.',
      })
    const may = await mayGo(tx, [row])
    if (!may.ok) return may
    await tx.image.update({ where: { id }, data: { state: 'deleting', progress: '' } })
    await auditImage(tx, actorId, 'image.delete', id, label)
    await hintImages(tx)
    return ok({ label })
  })
}

/** Where a node's images stand, from its report. */
export async function recordNodeImages(db: Database, nodeId: string, present: readonly string[]): Promise<void> {
  await db.$transaction([
    db.nodeImage.deleteMany({ where: { nodeId, present: true, hash: { notIn: [...present] } } }),
    ...present.map((hash) =>
      db.nodeImage.upsert({
        where: { nodeId_hash: { nodeId, hash } },
        create: { nodeId, hash, present: true },
        update: { present: true },
      }),
    ),
  ])
}

export async function recordSending(
  db: Database,
  nodeId: string,
  hash: string,
  sentBytes: number | null,
): Promise<void> {
  if (sentBytes === null) {
    await db.nodeImage.deleteMany({ where: { nodeId, hash, present: false } })
    return
  }
  await db.nodeImage.upsert({
    where: { nodeId_hash: { nodeId, hash } },
    create: { nodeId, hash, sentBytes },
    update: { sentBytes },
  })
}
