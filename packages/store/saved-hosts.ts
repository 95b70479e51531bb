// What does a running host have on its disk, as an image of its project? Asked for here, read by the controller of its node,
// made an image by whoever makes images; and given back to a host, which starts from it with a fresh disk.
import { partKey } from '@myvini/core/desired/naming'
import { ReservationId } from '@myvini/core/ids'
import { imageLabel } from '@myvini/core/images/image'
import { checkNeeds } from '@myvini/core/images/needs'
import { fail, ok, type Result } from '@myvini/core/result'
import type { Database, Transaction } from './database'
import { actOnHosts, findRunningHosts, type RunningHost } from './host-control'
import { needsOfImage, needsOfRunning } from './image-needs'
import { addImage } from './images'

/** Each takes as much of the installation's disk as a system is large. */
const MOST_OF_A_PROJECT = 20

export interface SaveHost {
  sliceId: string
  projectId: string
  host: string
  name: string
  description: string
  actorId: string
}

export async function saveHost(db: Database, save: SaveHost): Promise<Result<{ host: string; version: number }>> {
  const found = await db.$transaction((tx) => findRunningHosts(tx, save.sliceId, [save.host]))
  if (!found.ok) return found
  const [running] = found.value
  if (!running) throw new Error('a host that was found is gone')
  const { host, control, reservationId, nodeId } = running
  if (host.class !== 'vserver')
    return fail({
      code: 'host.no-disk',
      message: `${host.name} is of class netns: it has no files of its own to save.`,
      hint: 'Draw it as a vserver.',
    })
  if (control.isOff)
    return fail({
      code: 'host.is-off',
      message: `${host.name} is stopped: its files are read by its own programs.`,
      hint: 'Start it, then save its files.',
    })
  const count = await db.image.count({
    where: { projectId: save.projectId, savedSliceId: null, state: { notIn: ['failed', 'deleting'] } },
  })
  if (count >= MOST_OF_A_PROJECT)
    return fail({
      code: 'image.too-many',
      message: `The project has ${count} saved images; it may have ${MOST_OF_A_PROJECT}.`,
      hint: 'Delete those that are no longer needed.',
    })
  const hostKey = partKey(ReservationId.parse(reservationId), host.id)
  const added = await addImage(db, {
    recipe: {
      ...{ name: save.name, description: save.description },
      // What was installed since may need more; nobody said so.
      needs: await needsOfRunning(db, { reservationId, drawn: host.image, restored: control.image }),
    },
    source: 'host',
    actorId: save.actorId,
    from: { projectId: save.projectId, nodeId, hostKey },
  })
  if (!added.ok) return added
  await db.$queryRaw`SELECT pg_notify('myvini', 'spec ' || ${nodeId}::text)::text`
  return ok({ host: host.name, version: added.value.version })
}

/** The oldest that waits for this node; marked as worked on. */
export async function claimSaved(db: Database, nodeId: string): Promise<{ id: string; hostKey: string } | null> {
  const [row] = await db.$queryRaw<{ id: string; hostKey: string }[]>`
    WITH next AS (
      SELECT "id" FROM "Image"
      WHERE "nodeId" = ${nodeId} AND "source" = 'host' AND "state" = 'working' AND "workedAt" IS NULL
      ORDER BY "createdAt" FOR UPDATE SKIP LOCKED LIMIT 1
    )
    UPDATE "Image" i SET "workedAt" = now(), "progress" = 'Reading its files'
    FROM next WHERE i."id" = next."id" RETURNING i."id", i."hostKey"`
  return row ?? null
}

/** Which of these nodes have hosts that somebody wants saved and nobody reads yet. */
export async function findWaitingSaves(db: Database, nodes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.image.findMany({
    where: { nodeId: { in: [...nodes] }, source: 'host', state: 'working', workedAt: null },
    select: { nodeId: true },
  })
  return new Set(rows.flatMap(({ nodeId }) => nodeId ?? []))
}

/** A fresh disk that starts from an image of the project: saved from this host or from another. */
export async function restoreHost(
  tx: Transaction,
  restore: { sliceId: string; projectId: string; host: string; imageId: string },
): Promise<Result<{ host: RunningHost; name: string; version: number }>> {
  const image = await tx.image.findFirst({
    where: { id: restore.imageId, projectId: restore.projectId, state: 'ready' },
    select: { hash: true, name: true, version: true },
  })
  if (!image?.hash)
    return fail({
      code: 'image.gone',
      message: 'This saved image is not ready, or no longer there.',
      hint: 'Choose another one.',
    })
  const found = await findRunningHosts(tx, restore.sliceId, [restore.host])
  const needs = await needsOfImage(tx, image.hash)
  for (const { host, control } of found.ok ? found.value : []) {
    const { memoryMib, processes } = control
    const has = { ...host, ...(memoryMib && { memoryMib }), ...(processes && { processes }) }
    const tooLittle = checkNeeds(has, imageLabel(image.name, image.version), needs)
    if (tooLittle) return fail(tooLittle)
  }
  const acted = await actOnHosts(tx, restore.sliceId, [restore.host], { restore: image.hash })
  if (!acted.ok) return acted
  const [host] = acted.value
  if (!host) throw new Error('a host that was acted on is gone')
  return ok({ host, name: image.name, version: image.version })
}

export interface SavedImage {
  id: string
  name: string
  version: number
  state: string
  progress: string
  /** Why it failed. */
  problem: string | null
  /** As it lies in the installation's store; null until it is ready. */
  packedBytes: number | null
  createdAt: Date
}

export async function listSaved(db: Database, projectId: string): Promise<SavedImage[]> {
  const rows = await db.image.findMany({
    where: { projectId, savedSliceId: null, state: { not: 'deleting' } },
    orderBy: { createdAt: 'desc' },
    take: 50,
  })
  return rows.map(({ id, name, version, state, progress, problem, packedBytes, createdAt }) => ({
    ...{ id, name, version, state, progress, createdAt },
    packedBytes: packedBytes === null ? null : Number(packedBytes),
    problem: problem !== null && typeof problem === 'object' && 'message' in problem ? String(problem.message) : null,
  }))
}
