// The table of access.db.test.ts: for each procedure, inputs that refer to what exists, and what becomes of each person's call.

import type { Person } from '@myvini/store/access'
import type { Database } from '@myvini/store/database'
import { addImage } from '@myvini/store/images'
import { makeInvitation } from '@myvini/store/invitations'
import { loadPolicy } from '@myvini/store/policy'
import type { TRPCError } from '@trpc/server'
import { hours, NOW, type Persona, smallTopology, type World } from './world'

type Outcome = 'allowed' | TRPCError['code']
type Who = Record<Persona, Outcome> & { anonymous?: Outcome }

export interface Case {
  on?: string
  who: Who
  input?: (world: World, me: Person, db: Database) => unknown
}

const all = (outcome: Outcome): Who => ({
  stranger: outcome,
  member: outcome,
  lead: outcome,
  student: outcome,
  classmate: outcome,
  teacher: outcome,
  otherTeacher: outcome,
  admin: outcome,
})
const ok = 'allowed'

const ANYBODY = all(ok)
const PUBLIC: Who = { ...all(ok), anonymous: ok }
const ADMIN: Who = { ...all('FORBIDDEN'), admin: ok }
const INSTRUCTORS: Who = { ...all('FORBIDDEN'), teacher: ok, otherTeacher: ok, admin: ok }
const COURSE: Who = { ...all('FORBIDDEN'), teacher: ok, otherTeacher: 'NOT_FOUND', admin: ok }
const PROJECT: Who = { ...all('NOT_FOUND'), member: ok, lead: ok, admin: ok }
const LEADS: Who = { ...PROJECT, member: 'FORBIDDEN' }
/** Of the student's slice: classmates do not learn that it exists. */
const PUPIL: Who = { ...all('NOT_FOUND'), student: ok, teacher: ok, admin: ok }
const PUPIL_CHANGE: Who = { ...PUPIL, student: 'FORBIDDEN' }
/** Of the course as a project: its students know of it, and are told who decides. */
const COURSE_PROJECT: Who = { ...PUPIL_CHANGE, classmate: 'FORBIDDEN' }

/** The same question of a researcher's slice and of a student's. */
const bySlice = (
  change: boolean,
  input: (of: World['research'] | World['class'], world: World, db: Database) => unknown,
): readonly Case[] => [
  { on: 'a slice of a project', who: PROJECT, input: (w, _me, db) => input(w.research, w, db) },
  { on: "a student's slice", who: change ? PUPIL_CHANGE : PUPIL, input: (w, _me, db) => input(w.class, w, db) },
]

/** A recording of a terminal in the student's slice. */
async function recorded(world: World, db: Database, userId: string): Promise<string> {
  const { lab, slice } = world.class
  const where = { labId: lab.id, sliceId: slice.id, userId }
  const { id } = await db.recording.create({ data: { ...where, hostName: 'h', columns: 80, rows: 24, startedAt: NOW } })
  return id
}

/** A host of the slice's running reservation, on a node. */
async function placed(of: World['research'] | World['class'], world: World, db: Database): Promise<string> {
  const [host] = smallTopology().hosts
  if (!host) throw new Error('the smallest topology has no host')
  const key = { reservationId: of.slice.running, virtualId: host.id }
  await db.hostPlacement.upsert({
    where: { reservationId_virtualId: key },
    create: { ...key, nodeId: world.node.id },
    update: {},
  })
  return host.id
}

/** The same, drawn as a container. */
async function placedContainer(of: World['research'] | World['class'], world: World, db: Database): Promise<string> {
  const id = await placed(of, world, db)
  const topology = smallTopology()
  const hosts = topology.hosts.map((host) => ({ ...host, class: 'vserver' as const }))
  await db.topologyRevision.updateMany({ where: { sliceId: of.slice.id }, data: { document: { ...topology, hosts } } })
  return id
}

async function savedImage(of: World['research'] | World['class'], db: Database): Promise<string> {
  const { projectId } = await db.slice.findUniqueOrThrow({ where: { id: of.slice.id } })
  const row = { name: named(), version: 1, source: 'host', state: 'ready' as const, hash: 'f'.repeat(64), projectId }
  return (await db.image.create({ data: row })).id
}

const one = (who: Who, input?: Case['input']): readonly Case[] => [{ who, ...(input && { input }) }]

const NODE = {
  name: 'fresh-node',
  site: 'paris',
  latitude: 1,
  longitude: 2,
  sshHost: '192.0.2.7',
  sshPort: 22,
  sshUser: 'root',
  cpuMilli: 1000,
  memoryMib: 1024,
  diskMib: null,
  hostSlots: 10,
}
const sshString = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
const HOST_KEY = `ssh-ed25519 ${Buffer.concat([sshString(Buffer.from('ssh-ed25519')), sshString(Buffer.alloc(32, 7))]).toString('base64')}`
const FIGURES = { capacityMbps: 100, delayMs: 1, mtuBytes: 1500 }
let serial = 0
const named = () => `fresh-${++serial}`
const course = (w: World) => ({ courseId: w.class.course.id })
const lab = (w: World) => ({ labId: w.class.lab.id })
const WINDOW = { startsAt: hours(24), endsAt: hours(26) }

export const CASES: Record<string, readonly Case[]> = {
  'account.sessions': one(ANYBODY),
  'account.endSession': [
    {
      on: 'a session of their own',
      who: ANYBODY,
      input: async (_, me, db) => {
        const id = named()
        await db.session.create({ data: { id, token: id, userId: me.id, expiresAt: hours(1) } })
        return { sessionId: id }
      },
    },
    {
      on: "somebody else's session",
      who: all('BAD_REQUEST'),
      input: async (_w, _me, db) => {
        const id = named()
        const user = await db.user.create({ data: { id, name: id, email: `${id}@example.test` } })
        await db.session.create({ data: { id, token: id, userId: user.id, expiresAt: hours(1) } })
        return { sessionId: id }
      },
    },
  ],
  'account.endOtherSessions': one(ANYBODY),
  'approvals.count': one(ADMIN),
  'approvals.list': one(ADMIN, () => ({ kind: 'waiting' })),
  'approvals.effect': one(ADMIN, (w) => ({ reservationId: w.research.slice.waiting })),
  'approvals.decide': one(ADMIN, (w) => ({ reservationId: w.research.slice.waiting, action: 'approve', note: '' })),
  'audit.list': one(ADMIN, () => ({})),
  'calendar.bookings': one(ANYBODY, () => ({ from: WINDOW.startsAt, until: WINDOW.endsAt })),
  'courses.list': one(INSTRUCTORS),
  'courses.create': one(INSTRUCTORS, () => ({ name: named() })),
  'courses.get': one(COURSE, course),
  'courses.rename': one(COURSE, (w) => ({ ...course(w), name: named() })),
  'courses.addStudents': one(COURSE, (w) => ({
    ...course(w),
    students: [{ name: 'New', email: `${named()}@example.test` }],
  })),
  'courses.inviteAgain': one(COURSE, (w) => ({ ...course(w), userIds: [w.people.student.id] })),
  'courses.removeStudent': one(COURSE, (w) => ({ ...course(w), userId: w.people.classmate.id })),
  'emulation.change': bySlice(true, (of) => ({ reservationId: of.slice.running, linkId: 'l1', emulation: null })),
  'emulation.addTrace': bySlice(true, (of) => ({ sliceId: of.idle, source: { example: 'wifi-edge' } })),
  'emulation.trace': bySlice(false, (of) => ({ sliceId: of.idle, id: '0'.repeat(32) })),
  'hosts.power': bySlice(false, async (of, w, db) => ({
    sliceId: of.slice.id,
    hosts: [await placed(of, w, db)],
    action: 'stop',
  })),
  'hosts.save': bySlice(true, async (of, w, db) => ({
    sliceId: of.slice.id,
    host: await placedContainer(of, w, db),
    name: named(),
  })),
  'hosts.saved': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'hosts.removeSaved': bySlice(true, async (of, _w, db) => ({
    sliceId: of.slice.id,
    imageId: await savedImage(of, db),
  })),
  'hosts.restore': bySlice(false, async (of, w, db) => ({
    sliceId: of.slice.id,
    host: await placedContainer(of, w, db),
    imageId: await savedImage(of, db),
  })),
  'hosts.resize': bySlice(true, async (of, w, db) => ({
    sliceId: of.slice.id,
    host: await placed(of, w, db),
    cpuPercent: 5,
    cpuCapped: false,
    memoryMib: 64,
    processes: 100,
  })),
  'invitations.redeem': one(PUBLIC, async (_w, _me, db) => {
    const id = named()
    await db.user.create({ data: { id, name: id, email: `${id}@example.test` } })
    const token = await db.$transaction((tx) => makeInvitation(tx, id, NOW))
    return { token, password: 'a long enough one' }
  }),
  'labs.create': one(COURSE, (w) => ({
    ...course(w),
    name: named(),
    source: { kind: 'slice', sliceId: w.class.idle },
    startsAt: null,
    endsAt: null,
  })),
  'labs.get': one(COURSE, lab),
  'labs.start': one(COURSE, (w) => ({ ...lab(w), ...WINDOW, placement: 'spread', reason: '' })),
  'labs.stop': one(COURSE, lab),
  'labs.setRecording': one(COURSE, (w) => ({ ...lab(w), records: true })),
  'labs.remove': one(COURSE, (w) => ({ labId: w.class.unused.id })),
  'live.signals': one(ANYBODY),
  'nodes.list': one(ADMIN),
  'nodes.links': one(ADMIN),
  'nodes.slivers': one(ADMIN, (w) => ({ nodeId: w.node.id })),
  'nodes.drift': one(ADMIN, (w) => ({ nodeId: w.node.id })),
  'nodes.controllerKey': one(ADMIN),
  'nodes.add': one(ADMIN, () => ({ node: { ...NODE, name: named() }, hostKey: HOST_KEY })),
  'nodes.edit': one(ADMIN, (w) => ({ nodeId: w.lone.id, node: { ...NODE, name: named() }, hostKey: null })),
  'nodes.setAccepting': one(ADMIN, (w) => ({ nodeId: w.node.id, accepting: false })),
  'nodes.remove': one(ADMIN, (w) => ({ nodeId: w.lone.id })),
  'nodes.addLink': one(ADMIN, (w) => ({
    ...FIGURES,
    aId: w.node.id,
    bId: w.lone.id,
    aAddress: '198.51.100.1',
    bAddress: '198.51.100.2',
  })),
  'nodes.editLink': one(ADMIN, (w) => ({ linkId: w.link.id, link: FIGURES })),
  'nodes.removeLink': one(ADMIN, (w) => ({ linkId: w.link.id })),
  'images.list': one(ADMIN),
  'images.recipes': one(ADMIN),
  'images.choices': one(ANYBODY),
  'images.build': one(ADMIN, () => ({ name: 'tiny', description: '', packages: ['iproute2'] })),
  'images.remove': [
    {
      who: ADMIN,
      input: async (_w, _me, db) => {
        const added = await addImage(db, { recipe: { name: 'gone', description: '' }, source: 'recipe', actorId: null })
        return { id: added.ok ? added.value.id : '' }
      },
    },
  ],
  'notices.list': one(ANYBODY),
  'people.list': one(ADMIN),
  'people.setRole': one(ADMIN, (w) => ({ userId: w.people.stranger.id, role: 'instructor' })),
  'policy.get': one(ADMIN),
  'policy.save': one(ADMIN, (_w, _me, db) => loadPolicy(db)),
  'policy.saveRole': one(ADMIN, () => ({ role: 'instructor', exception: { slicesAtOnce: 20 } })),
  'policy.projects': one(ADMIN),
  'policy.saveProject': one(ADMIN, (w) => ({
    projectId: w.research.project.id,
    exception: { total: { hosts: 500 } },
  })),
  'projects.mine': one(ANYBODY),
  'projects.get': [
    { on: 'a project', who: PROJECT, input: (w) => ({ slug: w.research.project.slug }) },
    {
      on: 'a course, whose students do not see each other',
      who: { ...all('NOT_FOUND'), teacher: ok, admin: ok },
      input: async (w, _me, db) => ({
        slug: (await db.project.findUniqueOrThrow({ where: { id: w.class.projectId } })).slug,
      }),
    },
  ],
  'projects.create': one(ANYBODY, () => ({ name: named() })),
  'projects.update': one(LEADS, (w) => ({ projectId: w.research.project.id, name: named(), description: '' })),
  'projects.addMember': one(LEADS, (w) => ({
    projectId: w.research.project.id,
    email: w.people.stranger.email,
    role: 'member',
  })),
  'projects.setMemberRole': one(LEADS, (w) => ({
    projectId: w.research.project.id,
    userId: w.people.member.id,
    role: 'lead',
  })),
  'projects.removeMember': [
    {
      on: 'a member, by themselves or a lead',
      who: { ...LEADS, member: ok },
      input: (w) => ({ projectId: w.research.project.id, userId: w.people.member.id }),
    },
    {
      on: 'themselves, where only who is in can leave',
      who: { ...all('NOT_FOUND'), member: ok, lead: 'BAD_REQUEST' },
      input: (w, me) => ({ projectId: w.research.project.id, userId: me.id }),
    },
  ],
  'reservations.status': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'reservations.policy': [...one(ANYBODY), ...bySlice(false, (of) => ({ sliceId: of.slice.id }))],
  'reservations.book': bySlice(true, (of) => ({
    sliceId: of.idle,
    revision: 1,
    ...WINDOW,
    reason: 'a test of who may book',
    placement: 'spread',
  })),
  'reservations.extension': bySlice(true, (of) => ({ reservationId: of.slice.running })),
  'reservations.extend': bySlice(true, (of) => ({ reservationId: of.slice.running, endsAt: hours(2) })),
  'reservations.endEarlier': bySlice(true, (of) => ({
    reservationId: of.slice.running,
    endsAt: new Date(NOW.getTime() + 600_000),
  })),
  'reservations.withdraw': bySlice(true, (of) => ({ reservationId: of.slice.waiting })),
  'reservations.stop': bySlice(true, (of) => ({ reservationId: of.slice.running })),
  'savedSlices.list': one(PROJECT, (w) => ({ projectId: w.research.project.id })),
  'savedSlices.save': bySlice(true, async (of, w, db) => {
    await placedContainer(of, w, db)
    // Saving is of all its containers.
    const rows = smallTopology().hosts.map((h) => ({
      ...{ reservationId: of.slice.running, virtualId: h.id, nodeId: w.node.id },
    }))
    await db.hostPlacement.createMany({ data: rows, skipDuplicates: true })
    return { sliceId: of.slice.id, name: named() }
  }),
  'savedSlices.remove': one(PROJECT, async (w, _me, db) => {
    const projectId = w.research.project.id
    const data = { projectId, name: named(), document: smallTopology() }
    return { projectId, id: (await db.savedSlice.create({ data })).id }
  }),
  'recordings.ofLab': one(COURSE, lab),
  'recordings.mine': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'recordings.get': [
    {
      on: "a student's",
      who: PUPIL,
      input: async (w, _me, db) => ({ id: await recorded(w, db, w.people.student.id) }),
    },
    {
      on: "the teacher's own, in a student's slice",
      who: { ...PUPIL, student: 'NOT_FOUND' },
      input: async (w, _me, db) => ({ id: await recorded(w, db, w.people.teacher.id) }),
    },
  ],
  'session.me': one(ANYBODY),
  'setup.createFirstAdmin': one({ ...all('BAD_REQUEST'), anonymous: 'BAD_REQUEST' }, () => ({
    name: 'Late',
    email: `${named()}@example.test`,
    password: 'a long enough one',
  })),
  'slices.list': one(ANYBODY, () => ({ scope: 'all' })),
  'slices.create': [
    { on: 'in a project', who: PROJECT, input: (w) => ({ projectId: w.research.project.id, name: named() }) },
    { on: 'in a course', who: COURSE_PROJECT, input: (w) => ({ projectId: w.class.projectId, name: named() }) },
  ],
  'slices.duplicate': [
    { on: 'within a project', who: PROJECT, input: (w) => ({ sliceId: w.research.idle }) },
    { on: 'within a course', who: PUPIL_CHANGE, input: (w) => ({ sliceId: w.class.idle }) },
    {
      on: "one's own into a project of others",
      who: { ...all('NOT_FOUND'), admin: ok },
      input: (w) => ({ sliceId: w.class.idle, projectId: w.research.project.id }),
    },
  ],
  'slices.rename': bySlice(true, (of) => ({ sliceId: of.idle, name: named() })),
  'slices.delete': bySlice(true, (of) => ({ sliceId: of.idle })),
  'slices.restore': [
    { on: 'a slice of a project', who: PROJECT, input: (w) => ({ sliceId: w.research.deleted }) },
    {
      on: "a student's slice",
      who: { ...all('NOT_FOUND'), teacher: ok, admin: ok },
      input: (w) => ({ sliceId: w.class.deleted }),
    },
  ],
  'slices.drift': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'slices.events': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'substrate.offer': one(ANYBODY, () => WINDOW),
  'substrate.claims': one(ANYBODY, () => ({ from: WINDOW.startsAt, until: WINDOW.endsAt })),
  'substrate.places': one(ANYBODY),
  'templates.list': one(ANYBODY),
  'topology.open': bySlice(false, (of) => ({ sliceId: of.slice.id })),
  'topology.at': bySlice(false, (of) => ({ sliceId: of.slice.id, revision: 1 })),
  'topology.save': bySlice(true, (of) => ({ sliceId: of.idle, base: 1, topology: smallTopology() })),
}
