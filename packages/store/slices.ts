// How do slices and their drawings come and go?

import { isOver } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { checkSliceTexts } from '@myvini/core/topology/start-up'
import { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'
import type { TopologyRevision } from './generated/client'
import { isUnique } from './retry'

const nameTaken = (name: string) =>
  fail<Problem>({
    code: 'slice.name-taken',
    message: `The project has a slice named "${name}" already.`,
    hint: 'Choose another name.',
    subject: { kind: 'field', id: 'name' },
  })

export interface NewSlice {
  projectId: string
  ownerId: string
  name: string
  topology: Topology
  labId?: string
}

/** A slice begins with revision 1, so that there is always a drawing to open. */
export async function createSlice(db: Database | Transaction, slice: NewSlice): Promise<Result<{ id: string }>> {
  const { projectId, ownerId, name, topology, labId } = slice
  const tooLarge = checkSliceTexts(topology)
  if (tooLarge) return fail(tooLarge)
  try {
    const row = await db.slice.create({
      data: {
        projectId,
        ownerId,
        name,
        nameKey: name,
        ...(labId !== undefined && { labId }),
        revisions: { create: { number: 1, document: topology, authorId: ownerId } },
      },
      select: { id: true },
    })
    return ok(row)
  } catch (error) {
    if (isUnique(error)) return nameTaken(name)
    throw error
  }
}

export async function renameSlice(db: Database | Transaction, sliceId: string, name: string): Promise<Result<null>> {
  try {
    await db.slice.update({ where: { id: sliceId }, data: { name, nameKey: name } })
    return ok(null)
  } catch (error) {
    if (isUnique(error)) return nameTaken(name)
    throw error
  }
}

/** A slice that still holds something is stopped first: what is deleted must leave nothing on any node. */
export async function deleteSlice(db: Transaction, sliceId: string, now: Date): Promise<Result<null>> {
  const live = await db.reservation.findMany({ where: { sliceId }, select: { state: true } })
  const holding = live.find((r) => !isOver(r.state))
  if (holding)
    return fail({
      code: 'slice.in-use',
      message: `This slice is ${holding.state}; it can be deleted once it has ended.`,
      hint: 'Stop it first, or withdraw its request.',
    })
  await db.slice.update({ where: { id: sliceId }, data: { deletedAt: now, nameKey: null } })
  return ok(null)
}

/** Undoes a deletion, unless the name has been given to another slice meanwhile. */
export async function restoreSlice(db: Database | Transaction, sliceId: string): Promise<Result<null>> {
  const row = await db.slice.findUniqueOrThrow({ where: { id: sliceId }, select: { name: true } })
  try {
    await db.slice.update({ where: { id: sliceId }, data: { deletedAt: null, nameKey: row.name } })
    return ok(null)
  } catch (error) {
    if (isUnique(error)) return nameTaken(row.name)
    throw error
  }
}

export async function latestRevision(db: Database | Transaction, sliceId: string): Promise<TopologyRevision> {
  return db.topologyRevision.findFirstOrThrow({ where: { sliceId }, orderBy: { number: 'desc' } })
}

/** `2026-05-04 10:00 UTC`: the server does not know the reader's zone. */
const minuteOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

export interface SaveRevision {
  sliceId: string
  /** The revision the drawing was made from. */
  base: number
  topology: Topology
  authorId: string
}

/** Saves on top of `base` only: a tab that has not seen a newer revision is told so, and nothing is overwritten. */
export async function saveRevision(db: Database, save: SaveRevision): Promise<Result<{ number: number }>> {
  const { sliceId, base, topology, authorId } = save
  const tooLarge = checkSliceTexts(topology)
  if (tooLarge) return fail(tooLarge)
  const latest = await latestRevision(db, sliceId)
  const stale = (newest: TopologyRevision, author: string) =>
    fail<Problem>({
      code: 'topology.stale',
      message: `This drawing was opened at revision ${base}; ${author} has saved revision ${newest.number} since, at ${minuteOf(newest.createdAt)}.`,
      hint: 'Reload to see the newer drawing, or save yours as a new slice.',
      subject: { kind: 'slice', id: sliceId },
    })
  const authorOf = async (id: string) =>
    id === authorId
      ? 'another tab of yours'
      : (await db.user.findUniqueOrThrow({ where: { id }, select: { name: true } })).name
  if (latest.number !== base) return stale(latest, await authorOf(latest.authorId))
  try {
    const row = await db.topologyRevision.create({ data: { sliceId, number: base + 1, document: topology, authorId } })
    return ok({ number: row.number })
  } catch (error) {
    if (!isUnique(error)) throw error
    const newer = await latestRevision(db, sliceId)
    return stale(newer, await authorOf(newer.authorId))
  }
}

/** Documents in the database passed the schema when they were saved; reading them again keeps that a fact. */
export const topologyOf = (revision: Pick<TopologyRevision, 'document'>): Topology => Topology.parse(revision.document)
