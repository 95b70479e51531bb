// How does a whole slice become something to start others from? Its drawing, with each running container starting from an
// image of what it has on its disk. All of it or nothing: until the last image is there nobody can start from it, and when
// one fails the others go.
import { randomUUID } from 'node:crypto'
import { partKey } from '@myvini/core/desired/naming'
import { ReservationId } from '@myvini/core/ids'
import { imageLabel } from '@myvini/core/images/image'
import type { ImageNeeds } from '@myvini/core/images/needs'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { SavedSliceState } from './generated/enums'
import { findRunningHosts, type RunningHost } from './host-control'
import { needsOfRunning } from './image-needs'
import { hintImages, mayGo } from './images'
import { topologyOf } from './slices'
import { transact } from './transact'

/** All saved slices of one project together take no more of the installation's disk; and so many containers are one slice. */
export const SAVED_LIMITS = { bytes: 20 * 1024 ** 3, hosts: 100, slices: 20 } as const

export interface SaveSlice {
  sliceId: string
  projectId: string
  name: string
  actorId: string
}

/** As an image's name may be, at most 40, and none that anybody would choose: nothing of these clashes. */
const imageName = (id: string, at: number, host: string) =>
  `s${id.slice(0, 8)}n${at}-${host}`.slice(0, 40).replace(/-+$/, '')

const tooMany = (what: string, most: string) =>
  fail<Problem>({
    code: 'saved.too-many',
    message: `The project has ${what} of saved slices; it may have ${most}.`,
    hint: 'Delete some that are no longer needed, under Templates.',
  })

async function checkQuota(tx: Transaction, projectId: string): Promise<Result<null>> {
  const count = await tx.savedSlice.count({ where: { projectId, state: { not: 'failed' } } })
  if (count >= SAVED_LIMITS.slices) return tooMany(String(count), String(SAVED_LIMITS.slices))
  const bytes = await savedBytes(tx, projectId)
  return bytes >= SAVED_LIMITS.bytes ? tooMany(gib(bytes), gib(SAVED_LIMITS.bytes)) : ok(null)
}

const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`

async function savedBytes(tx: Database | Transaction, projectId: string): Promise<number> {
  const sum = await tx.image.aggregate({
    where: { projectId, savedSliceId: { not: null }, state: { not: 'deleting' } },
    _sum: { packedBytes: true },
  })
  return Number(sum._sum.packedBytes ?? 0)
}

/** Its containers, all of which have to run: what is on the disk of a stopped one cannot be read. */
async function containersOf(
  tx: Transaction,
  sliceId: string,
): Promise<Result<{ topology: Topology; hosts: RunningHost[] }>> {
  const reservation = await tx.reservation.findFirst({
    where: { sliceId, state: { in: ['running', 'degraded'] } },
    include: { revision: true },
  })
  if (!reservation)
    return fail({
      code: 'saved.not-running',
      message: 'This slice does not run: its hosts have no files to save.',
      hint: 'Book it, and save it while it runs.',
    })
  const topology = topologyOf(reservation.revision)
  const ids = topology.hosts.filter((h) => h.class === 'vserver' && h.kind !== 'gateway').map((h) => h.id as string)
  if (ids.length === 0)
    return fail({
      code: 'saved.no-containers',
      message: 'None of its hosts is of class vserver, so none has files of its own.',
      hint: 'Duplicate the slice instead: its drawing is all there is to it.',
    })
  if (ids.length > SAVED_LIMITS.hosts)
    return fail({
      code: 'saved.too-many-hosts',
      message: `It has ${ids.length} containers; at most ${SAVED_LIMITS.hosts} are saved as one.`,
      hint: 'Save the hosts that matter one by one.',
    })
  const found = await findRunningHosts(tx, sliceId, ids)
  if (!found.ok) return found
  const off = found.value.filter((h) => h.control.isOff).map((h) => h.host.name)
  if (off.length > 0)
    return fail({
      code: 'host.is-off',
      message: `${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} stopped: files are read by a host’s own programs.`,
      hint: 'Start them, then save the slice.',
    })
  return ok({ topology, hosts: found.value })
}

export function saveSlice(db: Database, save: SaveSlice): Promise<Result<{ id: string; hosts: number }>> {
  return transact(db, async (tx) => {
    const quota = await checkQuota(tx, save.projectId)
    if (!quota.ok) return quota
    const found = await containersOf(tx, save.sliceId)
    if (!found.ok) return found
    const { topology, hosts } = found.value
    const { projectId, name, actorId } = save
    const before = await tx.savedSlice.findUnique({ where: { projectId_name: { projectId, name } } })
    if (before && before.state !== 'failed')
      return fail({
        code: 'saved.name-taken',
        message: `The project has a saved slice called ${name}.`,
        hint: 'Choose another name, or delete that one.',
        subject: { kind: 'field', id: 'name' },
      })
    if (before) await tx.savedSlice.delete({ where: { id: before.id } })
    const id = randomUUID()
    const images = new Map(hosts.map((h, at) => [h.host.id as string, imageName(id, at, h.host.name)]))
    const slice = await tx.slice.findUniqueOrThrow({ where: { id: save.sliceId }, select: { name: true } })
    await tx.savedSlice.create({
      data: {
        ...{ id, projectId, name, createdById: actorId },
        description: `${slice.name}, with the files of ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}.`,
        document: {
          ...topology,
          hosts: topology.hosts.map((h) => {
            const image = images.get(h.id)
            return image === undefined ? h : { ...h, image: imageLabel(image, 1) }
          }),
        },
      },
    })
    const needs = new Map<string, ImageNeeds>()
    for (const { host, reservationId, control } of hosts)
      needs.set(host.id, await needsOfRunning(tx, { reservationId, drawn: host.image, restored: control.image }))
    await tx.image.createMany({
      data: hosts.map((h) => ({
        needs: needs.get(h.host.id) ?? {},
        ...{ name: images.get(h.host.id) ?? '', version: 1, source: 'host', projectId, savedSliceId: id },
        ...{ hostName: h.host.name, nodeId: h.nodeId, createdById: actorId },
        hostKey: partKey(ReservationId.parse(h.reservationId), h.host.id),
        description: `${h.host.name} of the saved slice ${name}`,
        ...{ state: 'working' as const, progress: 'Waits for its node' },
      })),
    })
    await writeAudit(tx, {
      ...{ actorId, action: 'saved-slice.add', subjectType: 'saved-slice', subjectId: id },
      detail: { name, slice: slice.name },
    })
    for (const node of new Set(hosts.map((h) => h.nodeId)))
      await tx.$queryRaw`SELECT pg_notify('myvini', 'spec ' || ${node}::text)::text`
    return ok({ id, hosts: hosts.length })
  })
}

const Told = z.looseObject({ message: z.string(), hint: z.string().optional() })

async function settleOne(tx: Transaction, id: string): Promise<void> {
  // Who comes second finds it settled.
  const [row] = await tx.$queryRaw<{ projectId: string }[]>`
    SELECT "projectId" FROM "SavedSlice" WHERE "id" = ${id} AND "state" = 'saving' FOR UPDATE`
  if (!row) return
  const images = await tx.image.findMany({ where: { savedSliceId: id } })
  const failed = images.find((i) => i.state === 'failed')
  const isWhole = images.every((i) => i.state === 'ready')
  if (!failed && !isWhole) return
  const bytes = await savedBytes(tx, row.projectId)
  if (!failed && bytes <= SAVED_LIMITS.bytes) {
    await tx.savedSlice.update({ where: { id }, data: { state: 'ready' } })
    return
  }
  const why = Told.safeParse(failed?.problem)
  const problem = failed
    ? {
        code: 'saved.host-failed',
        message: `${failed.hostName ?? 'A host'}: ${why.success ? why.data.message : 'its files could not be saved.'}`,
        hint: 'Nothing of it was kept. Save the slice again once that is mended.',
      }
    : {
        code: 'saved.too-large',
        message: `With it the project would have ${gib(bytes)} of saved slices; it may have ${gib(SAVED_LIMITS.bytes)}.`,
        hint: 'Nothing of it was kept. Delete others first, or make the hosts’ disks smaller.',
      }
  await tx.savedSlice.update({ where: { id }, data: { state: 'failed', problem } })
  await tx.image.updateMany({ where: { savedSliceId: id }, data: { state: 'deleting', progress: '' } })
  await hintImages(tx)
}

/** Those of which the last image has come, or one has failed. Safe with several who do it, and when one dies over it. */
export async function settleSavedSlices(db: Database): Promise<void> {
  const saving = await db.savedSlice.findMany({ where: { state: 'saving' }, select: { id: true } })
  for (const { id } of saving) await db.$transaction((tx) => settleOne(tx, id))
}

/** While it is being saved this is how to give up. `image.used` where a reservation still starts from it. */
export function deleteSavedSlice(
  db: Database,
  wish: { id: string; projectId: string; actorId: string },
): Promise<Result<{ name: string }>> {
  return transact(db, async (tx) => {
    const row = await tx.savedSlice.findFirst({
      where: { id: wish.id, projectId: wish.projectId },
      include: { images: true },
    })
    if (!row)
      return fail({ code: 'saved.gone', message: 'This saved slice is no longer there.', hint: 'Reload the page.' })
    const may = await mayGo(tx, row.images)
    if (!may.ok) return may
    await tx.image.updateMany({ where: { savedSliceId: row.id }, data: { state: 'deleting', progress: '' } })
    await tx.savedSlice.delete({ where: { id: row.id } })
    await writeAudit(tx, {
      ...{ actorId: wish.actorId, action: 'saved-slice.delete', subjectType: 'saved-slice', subjectId: row.id },
      detail: { name: row.name },
    })
    await hintImages(tx)
    return ok({ name: row.name })
  })
}

export interface SavedSliceRow {
  id: string
  name: string
  description: string
  state: SavedSliceState
  problem: Problem | null
  topology: Topology
  createdAt: Date
  hosts: number
  hostsReady: number
  /** What is being done about those that are not ready: "r1: Reading its files: 12 MiB". */
  progress: string[]
  /** Of those that are ready, as they lie in the store. */
  packedBytes: number
}

export async function listSavedSlices(
  db: Database,
  projectId: string,
): Promise<{ slices: SavedSliceRow[]; usedBytes: number; mostBytes: number }> {
  const [rows, usedBytes] = await Promise.all([
    db.savedSlice.findMany({ where: { projectId }, include: { images: true }, orderBy: { createdAt: 'desc' } }),
    savedBytes(db, projectId),
  ])
  const slices = rows.map((row): SavedSliceRow => {
    const ready = row.images.filter((i) => i.state === 'ready')
    const { id, name, description, state, createdAt } = row
    return {
      ...{ id, name, description, state, createdAt },
      problem: row.problem as Problem | null, // written only above, as a Problem
      topology: topologyOf(row),
      hosts: row.images.length,
      hostsReady: ready.length,
      progress: row.images
        .filter((i) => i.state === 'working' || i.state === 'queued')
        .map((i) => `${i.hostName ?? i.name}: ${i.progress || 'Waits for the image builder'}`),
      packedBytes: ready.reduce((sum, i) => sum + Number(i.packedBytes ?? 0), 0),
    }
  })
  return { slices, usedBytes, mostBytes: SAVED_LIMITS.bytes }
}

/** What a new slice of the same project is drawn from. */
export async function savedTopology(
  db: Database,
  id: string,
  projectId: string,
): Promise<Result<{ name: string; topology: Topology }>> {
  const row = await db.savedSlice.findFirst({ where: { id, projectId } })
  if (!row)
    return fail({
      code: 'saved.gone',
      message: 'This saved slice is not one of the project, or no longer there.',
      hint: 'Choose the project that it was saved in.',
    })
  if (row.state !== 'ready')
    return fail({
      code: 'saved.not-ready',
      message: `${row.name} is ${row.state === 'saving' ? 'still being saved' : 'not whole: saving it failed'}.`,
      hint: 'Wait until all its hosts are saved, or choose another.',
    })
  return ok({ name: row.name, topology: topologyOf(row) })
}
