// A small university as rows: a project, two courses and a substrate, with somebody in each part. For tests of who may what.
import { TEMPLATES } from '@myvini/core/topology/templates'
import type { Topology } from '@myvini/core/topology/topology'
import type { Person } from '@myvini/store/access'
import { createCourse } from '@myvini/store/courses'
import type { Database } from '@myvini/store/database'
import { createLab } from '@myvini/store/labs'
import { createSlice } from '@myvini/store/slices'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { pino } from 'pino'
import type { HintBus } from '../hint-bus'
import { appRouter } from '../routers/root'
import { type Context, createCallerFactory } from '../trpc'

export const NOW = new Date('2026-05-04T10:00:00Z')
export const hours = (n: number): Date => new Date(NOW.getTime() + n * 3_600_000)

/** The smallest that the portal offers and that everybody may book. */
export function smallTopology(): Topology {
  const [first] = TEMPLATES.map((t) => t.topology)
    .filter((t) => t.links.length > 0 && t.hosts.every((h) => h.kind !== 'gateway'))
    .toSorted((a, b) => a.hosts.length - b.hosts.length)
  if (!first) throw new Error('no template has a link')
  return first
}

/** A slice with one reservation that waits, and one that runs. */
async function addBusySlice(db: Database, projectId: string, owner: Person, labId?: string) {
  const name = `busy of ${owner.name}`
  const made = await createSlice(db, {
    projectId,
    ownerId: owner.id,
    name,
    topology: smallTopology(),
    ...(labId !== undefined && { labId }),
  })
  if (!made.ok) throw new Error(made.problem.message)
  const { id } = made.value
  const revision = await db.topologyRevision.findFirstOrThrow({ where: { sliceId: id } })
  const book = (state: 'requested' | 'running', startsAt: Date, endsAt: Date) =>
    db.reservation.create({
      data: { sliceId: id, revisionId: revision.id, requesterId: owner.id, state, startsAt, endsAt },
    })
  const running = await book('running', hours(-1), hours(1))
  const waiting = await book('requested', hours(200), hours(202))
  return { id, running: running.id, waiting: waiting.id }
}

async function addDeleted(db: Database, projectId: string, owner: Person): Promise<string> {
  const id = await addSlice(db, projectId, owner, smallTopology())
  await db.slice.update({ where: { id }, data: { deletedAt: hours(-1), nameKey: null } })
  return id
}

async function addResearch(db: Database, lead: Person, member: Person) {
  const project = await addProject(db, [
    { person: lead, role: 'lead' },
    { person: member, role: 'member' },
  ])
  return {
    project,
    slice: await addBusySlice(db, project.id, lead),
    idle: await addSlice(db, project.id, lead, smallTopology()),
    deleted: await addDeleted(db, project.id, lead),
  }
}

export async function addClass(db: Database, teacher: Person, students: readonly Person[]) {
  const course = await createCourse(db, { name: `Networks of ${teacher.name}`, instructorId: teacher.id })
  const { projectId } = await db.course.findUniqueOrThrow({ where: { id: course.id } })
  for (const student of students)
    await db.membership.create({ data: { projectId, userId: student.id, role: 'student' } })
  const lab = await createLab(db, {
    actorId: teacher.id,
    courseId: course.id,
    name: 'First',
    topology: smallTopology(),
    startsAt: null,
    endsAt: null,
  })
  return { course, projectId, lab }
}

export async function buildWorld(db: Database) {
  const people = {
    stranger: await addPerson(db),
    member: await addPerson(db),
    lead: await addPerson(db),
    student: await addPerson(db),
    classmate: await addPerson(db),
    teacher: await addPerson(db, 'instructor'),
    otherTeacher: await addPerson(db, 'instructor'),
    admin: await addPerson(db, 'admin'),
  }
  const { student, classmate, teacher, otherTeacher } = people
  const made = await addClass(db, teacher, [student, classmate])
  await addClass(db, otherTeacher, [])
  const { nodes, links } = await addRing(db, { nodes: 2 })
  const { nodes: spare } = await addRing(db, { nodes: 1 })
  const [node] = nodes
  const [link] = links
  const [lone] = spare
  if (!node || !link || !lone) throw new Error('the ring is not closed')
  return {
    people,
    research: await addResearch(db, people.lead, people.member),
    class: {
      ...made,
      slice: await addBusySlice(db, made.projectId, student, made.lab.id),
      idle: await addSlice(db, made.projectId, student, smallTopology()),
      deleted: await addDeleted(db, made.projectId, student),
      unused: await createLab(db, {
        actorId: teacher.id,
        courseId: made.course.id,
        name: 'Unused',
        topology: smallTopology(),
        startsAt: null,
        endsAt: null,
      }),
    },
    node,
    link,
    lone,
  }
}
export type World = Awaited<ReturnType<typeof buildWorld>>
export type Persona = keyof World['people']

export interface Caller {
  db: Database
  hints?: HintBus
  person: Person | null
  now?: Date
}

const silent: HintBus = {
  async *listen() {
    yield* []
  },
  close: async () => undefined,
}

export const contextFor = ({ db, hints = silent, person, now = NOW }: Caller): Context => ({
  db,
  // No procedure signs anybody in: better-auth has addresses of its own.
  auth: {} as Context['auth'],
  hints,
  log: pino({ level: 'silent' }),
  person,
  sessionId: person && `session-of-${person.id}`,
  now: () => now,
  publicUrl: 'http://portal.test',
  sshPublicKey: null,
})

export const callAs = (caller: Caller) => createCallerFactory(appRouter)(contextFor(caller))
