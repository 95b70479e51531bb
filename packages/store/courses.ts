// Which courses are there, and who is in them?

import { OVER } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Person } from './access'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { makeInvitation } from './invitations'
import { addAccount } from './people'
import { createProject } from './projects'
import { transact } from './transact'

export interface CourseRow {
  id: string
  name: string
  instructor: { id: string; name: string }
  project: { id: string; slug: string }
  students: number
  labs: number
  createdAt: Date
}

/** One's own; for admins, everyone's. */
export async function listCourses(db: Database, person: Person): Promise<CourseRow[]> {
  const rows = await db.course.findMany({
    where: person.role === 'admin' ? {} : { instructorId: person.id },
    include: {
      instructor: { select: { id: true, name: true } },
      project: {
        select: { id: true, slug: true, _count: { select: { memberships: { where: { role: 'student' } } } } },
      },
      _count: { select: { labs: true } },
    },
    orderBy: { createdAt: 'desc' },
  })
  return rows.map(({ project, _count, ...row }) => ({
    id: row.id,
    name: row.name,
    instructor: row.instructor,
    project: { id: project.id, slug: project.slug },
    students: project._count.memberships,
    labs: _count.labs,
    createdAt: row.createdAt,
  }))
}

/** A course is a project that its instructor leads and where students have only what they are given. */
export function createCourse(db: Database, course: { name: string; instructorId: string }) {
  return db.$transaction(async (tx) => {
    const { name, instructorId } = course
    const project = await createProject(tx, { name, description: '', leadId: instructorId })
    const row = await tx.course.create({ data: { name, instructorId, projectId: project.id }, select: { id: true } })
    await auditCourse(tx, instructorId, 'course.create', row.id, { name })
    return row
  })
}

export function renameCourse(db: Database, change: { actorId: string; courseId: string; name: string }) {
  return db.$transaction(async (tx) => {
    const { courseId, name } = change
    const { projectId } = await tx.course.update({ where: { id: courseId }, data: { name } })
    await tx.project.update({ where: { id: projectId }, data: { name } })
    await auditCourse(tx, change.actorId, 'course.rename', courseId, { name })
  })
}

const auditCourse = (tx: Transaction, actorId: string, action: string, subjectId: string, detail = {}) =>
  writeAudit(tx, { actorId, action, subjectType: 'course', subjectId, detail })

export interface StudentRow {
  id: string
  name: string
  email: string
  /** False until the invitation has been used. */
  joined: boolean
  seenAt: Date | null
  slices: number
}

export async function listStudents(db: Database | Transaction, projectId: string): Promise<StudentRow[]> {
  const rows = await db.membership.findMany({
    where: { projectId, role: 'student' },
    include: {
      user: {
        include: {
          accounts: { select: { id: true }, take: 1 },
          sessions: { orderBy: { updatedAt: 'desc' }, take: 1, select: { updatedAt: true } },
          _count: { select: { slices: { where: { projectId, deletedAt: null } } } },
        },
      },
    },
    orderBy: { user: { name: 'asc' } },
  })
  return rows.map(({ user }) => ({
    id: user.id,
    name: user.name,
    email: user.email,
    joined: user.accounts.length > 0,
    seenAt: user.sessions[0]?.updatedAt ?? null,
    slices: user._count.slices,
  }))
}

export interface Listed {
  name: string
  email: string
}

export interface Enrolled extends Listed {
  /** `known`: has an account already and needs no link. `here`: was in the course before. */
  outcome: 'invited' | 'known' | 'here'
  /** For the link, told once: only its hash is kept. */
  token: string | null
}

async function enrol(tx: Transaction, projectId: string, listed: Listed, now: Date): Promise<Enrolled> {
  const email = listed.email.trim().toLowerCase()
  const user = await tx.user.findUnique({ where: { email }, include: { accounts: { select: { id: true }, take: 1 } } })
  const userId =
    user?.id ?? (await addAccount(tx, { name: listed.name, email, role: 'researcher', passwordHash: null }))
  const joined = (user?.accounts.length ?? 0) > 0
  const key = { projectId, userId }
  const member = await tx.membership.findUnique({ where: { projectId_userId: key } })
  if (!member) await tx.membership.create({ data: { ...key, role: 'student' } })
  return {
    name: user?.name ?? listed.name,
    email,
    outcome: member ? 'here' : joined ? 'known' : 'invited',
    token: joined ? null : await makeInvitation(tx, userId, now),
  }
}

export interface AddStudents {
  actorId: string
  courseId: string
  projectId: string
  students: readonly Listed[]
  now: Date
}

/** All of the list or none of it. Somebody on it twice is enrolled once. */
export function addStudents(db: Database, add: AddStudents): Promise<Result<Enrolled[]>> {
  return transact(
    db,
    async (tx) => {
      const enrolled = new Map<string, Enrolled>()
      for (const student of add.students) {
        const key = student.email.trim().toLowerCase()
        if (!enrolled.has(key)) enrolled.set(key, await enrol(tx, add.projectId, student, add.now))
      }
      await auditCourse(tx, add.actorId, 'course.add-students', add.courseId, { count: enrolled.size })
      return ok([...enrolled.values()])
    },
    { timeoutMs: 60_000 },
  )
}

/** New links for those of a course who have not joined; the old ones stop working. */
export function inviteAgain(
  db: Database,
  again: { actorId: string; courseId: string; projectId: string; userIds: readonly string[]; now: Date },
): Promise<Result<Enrolled[]>> {
  return transact(
    db,
    async (tx) => {
      const waiting = (await listStudents(tx, again.projectId)).filter((s) => !s.joined && again.userIds.includes(s.id))
      const links: Enrolled[] = []
      for (const { id, name, email } of waiting)
        links.push({ name, email, outcome: 'invited', token: await makeInvitation(tx, id, again.now) })
      await auditCourse(tx, again.actorId, 'course.invite', again.courseId, { count: links.length })
      return ok(links)
    },
    { timeoutMs: 60_000 },
  )
}

/** Out of the course; slices stay with it. One that still runs is stopped first, so that nobody's work vanishes unseen. */
export function removeStudent(
  db: Database,
  change: { actorId: string; courseId: string; projectId: string; userId: string },
): Promise<Result<null>> {
  return transact(db, async (tx) => {
    const { projectId, userId } = change
    const live = await tx.reservation.findFirst({
      where: { state: { notIn: [...OVER] }, slice: { projectId, ownerId: userId, deletedAt: null } },
      select: { slice: { select: { name: true } } },
    })
    if (live)
      return fail<Problem>({
        code: 'course.student-has-slice',
        message: `${live.slice.name} of this student is still booked or running.`,
        hint: 'Stop it first.',
      })
    await tx.membership.deleteMany({ where: { projectId, userId, role: 'student' } })
    await auditCourse(tx, change.actorId, 'course.remove-student', change.courseId, { userId })
    return ok(null)
  })
}
