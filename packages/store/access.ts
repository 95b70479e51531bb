// Who may see and do what? One place that answers for every procedure: roles, memberships and ownership.
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Database, Transaction } from './database'
import type { Membership, Slice } from './generated/client'
import type { Role } from './generated/enums'

export interface Person {
  id: string
  name: string
  email: string
  role: Role
}

/** Looks the same as "there is none": who may not see a thing is not told that it exists. */
const hidden = (what: string) =>
  fail<Problem>({
    code: 'access.not-found',
    message: `There is no such ${what}, or it is not yours to see.`,
    hint: 'Check the address, or ask a lead of the project to add you.',
  })

const refused = (what: string, who: string) =>
  fail<Problem>({ code: 'access.refused', message: `${what} is for ${who}.`, hint: `Ask ${who}.` })

export async function membershipOf(
  db: Database | Transaction,
  person: Person,
  projectId: string,
): Promise<Membership | null> {
  return db.membership.findUnique({ where: { projectId_userId: { projectId, userId: person.id } } })
}

/** Leads and members use the whole project; a student has only slices of one's own, which an instructor starts. */
export async function mayUseProject(
  db: Database | Transaction,
  person: Person,
  projectId: string,
): Promise<Result<Membership['role'] | 'admin'>> {
  const membership = await membershipOf(db, person, projectId)
  if (membership && membership.role !== 'student') return ok(membership.role)
  if (person.role === 'admin') return ok('admin')
  return membership ? refused('Making slices in a course', 'its instructor') : hidden('project')
}

export type SliceWithProject = Slice & { project: { id: string; slug: string; name: string } }

/** The slice, and what this person is in its project; null for an admin, who may whatever that is. */
async function seenSlice(
  db: Database | Transaction,
  person: Person,
  sliceId: string,
): Promise<Result<{ slice: SliceWithProject; role: Membership['role'] | null }>> {
  // One statement: it is asked before everything that is done with a slice.
  const [row] = await db.$queryRaw<
    (Slice & { slug: string; projectName: string; memberRole: Membership['role'] | null })[]
  >`
    SELECT s."id", s."projectId", s."ownerId", s."name", s."nameKey", s."labId", s."createdAt", s."deletedAt", p."slug",
      p."name" AS "projectName", m."role" AS "memberRole"
    FROM "Slice" s JOIN "Project" p ON p."id" = s."projectId"
    LEFT JOIN "Membership" m ON m."projectId" = s."projectId" AND m."userId" = ${person.id}
    WHERE s."id" = ${sliceId} AND s."deletedAt" IS NULL`
  if (!row) return hidden('slice')
  const { slug, projectName, memberRole: role, ...own } = row
  const slice = { ...own, project: { id: own.projectId, slug, name: projectName } }
  if (person.role === 'admin') return ok({ slice, role: null })
  if (!role) return hidden('slice')
  return role === 'student' && slice.ownerId !== person.id ? hidden('slice') : ok({ slice, role })
}

/** The slice, if this person may see it and work with it. */
export async function mayUseSlice(
  db: Database | Transaction,
  person: Person,
  sliceId: string,
): Promise<Result<SliceWithProject>> {
  const seen = await seenSlice(db, person, sliceId)
  return seen.ok ? ok(seen.value.slice) : seen
}

/** The slice, if this person may draw, book and delete it: a student's slice is set up and booked by the instructor. */
export async function mayChangeSlice(
  db: Database | Transaction,
  person: Person,
  sliceId: string,
): Promise<Result<SliceWithProject>> {
  const seen = await seenSlice(db, person, sliceId)
  if (!seen.ok) return seen
  const { slice, role } = seen.value
  return role === 'student' ? refused('Changing a slice of a course', 'its instructor') : ok(slice)
}

/** A deleted slice, if this person may bring it back. */
export async function mayRestoreSlice(
  db: Database | Transaction,
  person: Person,
  sliceId: string,
): Promise<Result<Slice>> {
  const slice = await db.slice.findFirst({ where: { id: sliceId, deletedAt: { not: null } } })
  if (!slice) return hidden('slice')
  const project = await mayUseProject(db, person, slice.projectId)
  return project.ok ? ok(slice) : hidden('slice')
}

/** Ids of projects a person may look into, with what they are there. */
export async function projectsOf(db: Database, person: Person) {
  return db.membership.findMany({
    where: { userId: person.id },
    include: { project: { include: { course: { select: { id: true } } } } },
    orderBy: { createdAt: 'asc' },
  })
}

export async function mayTeachCourse(db: Database | Transaction, person: Person, courseId: string) {
  const course = await db.course.findUnique({ where: { id: courseId }, include: { project: true } })
  if (!course) return hidden('course')
  return person.role === 'admin' || course.instructorId === person.id ? ok(course) : hidden('course')
}
