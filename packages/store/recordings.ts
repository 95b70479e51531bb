// What terminals of a lab showed: written while they are open, in parts; read by its instructor, and by whoever it is of.
import { castHeader, RECORDING_LIMITS } from '@myvini/core/recording/cast'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { mayTeachCourse, mayUseSlice, type Person } from './access'
import type { Database } from './database'
import type { Prisma } from './generated/client'

export interface NewRecording {
  labId: string
  sliceId: string
  userId: string
  hostName: string
  columns: number
  rows: number
  startedAt: Date
}

/** Its id; null where the lab has as much as is kept of one, or is gone. */
export async function beginRecording(db: Database, recording: NewRecording): Promise<string | null> {
  const { labId } = recording
  const lab = await db.lab.findUnique({ where: { id: labId }, select: { id: true } })
  const { _sum } = await db.recording.aggregate({ where: { labId }, _sum: { bytes: true } })
  if (!lab || (_sum.bytes ?? 0) >= RECORDING_LIMITS.labBytes) return null
  return (await db.recording.create({ data: recording, select: { id: true } })).id
}

export interface RecordingPart {
  number: number
  text: string
  /** Of the whole so far. */
  bytes: number
  durationMs: number
  cut: boolean
}

/** False: it is gone, as its lab is; nothing more need be told. */
export async function addPart(db: Database, id: string, part: RecordingPart): Promise<boolean> {
  const { number, text, ...whole } = part
  return db.$transaction(async (tx) => {
    const { count } = await tx.recording.updateMany({ where: { id }, data: whole })
    if (count === 1 && text !== '') await tx.recordingPart.create({ data: { recordingId: id, number, text } })
    return count === 1
  })
}

const shown = {
  id: true,
  hostName: true,
  startedAt: true,
  durationMs: true,
  bytes: true,
  cut: true,
  user: { select: { id: true, name: true, email: true } },
  slice: { select: { id: true, name: true } },
} satisfies Prisma.RecordingSelect

const MOST_LISTED = 2000

const list = (db: Database, where: Prisma.RecordingWhereInput) =>
  db.recording.findMany({ where, select: shown, orderBy: { startedAt: 'desc' }, take: MOST_LISTED })

export type ListedRecording = Awaited<ReturnType<typeof list>>[number]

/** For whoever teaches it; who may ask is for the caller to know. */
export const recordingsOfLab = (db: Database, labId: string): Promise<ListedRecording[]> => list(db, { labId })

/** One's own of a slice that one may use. */
export async function ownRecordings(
  db: Database,
  person: Person,
  sliceId: string,
): Promise<Result<{ slice: { id: string; name: string }; recordings: ListedRecording[] }>> {
  const slice = await mayUseSlice(db, person, sliceId)
  if (!slice.ok) return slice
  const { id, name } = slice.value
  return ok({ slice: { id, name }, recordings: await list(db, { sliceId, userId: person.id }) })
}

const HIDDEN: Problem = {
  code: 'access.not-found',
  message: 'There is no such recording, or it is not yours to see.',
  hint: 'Recordings go with their lab.',
}

/** For whoever teaches the course, and for whoever it is of. */
export async function mayWatch(
  db: Database,
  person: Person,
  id: string,
): Promise<
  Result<
    ListedRecording & {
      columns: number
      rows: number
      lab: { id: string; name: string; courseId: string }
      teaches: boolean
    }
  >
> {
  const recording = await db.recording.findUnique({
    where: { id },
    select: {
      ...shown,
      columns: true,
      rows: true,
      lab: { select: { id: true, name: true, courseId: true } },
    },
  })
  if (!recording) return fail(HIDDEN)
  const teaches = (await mayTeachCourse(db, person, recording.lab.courseId)).ok
  return teaches || recording.user.id === person.id ? ok({ ...recording, teaches }) : fail(HIDDEN)
}

/** As a file of asciicast. */
export async function castOf(
  db: Database,
  recording: Pick<ListedRecording, 'id' | 'hostName' | 'startedAt'> & { columns: number; rows: number },
): Promise<string> {
  const { id, hostName: title, startedAt, columns, rows } = recording
  const parts = await db.recordingPart.findMany({ where: { recordingId: id }, orderBy: { number: 'asc' } })
  const header = castHeader({ columns, rows, startedAtMs: startedAt.getTime(), title })
  return header + parts.map((part) => part.text).join('')
}
