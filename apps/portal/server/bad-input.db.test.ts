// What are people told who ask for what cannot be? In the words that they read, and nothing is changed by it.
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { addStudents } from '@myvini/store/courses'
import { useDatabase } from '@myvini/testkit/database'
import { addSlice } from '@myvini/testkit/rows'
import { TRPCError } from '@trpc/server'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildWorld, callAs, hours, NOW, smallTopology, type World } from './testing/world'

const at = useDatabase()
let world: World
beforeAll(async () => {
  world = await buildWorld(at.db)
})

const as = (who: keyof World['people']) => callAs({ db: at.db, person: world.people[who] })

async function messageOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
  } catch (error) {
    if (error instanceof TRPCError) return error.message
    throw error
  }
  throw new Error('it was not refused')
}

const pair = () =>
  buildTopology(
    [
      { name: 'a', kind: 'host', x: 0, y: 0 },
      { name: 'b', kind: 'host', x: 200, y: 0 },
    ],
    [{ from: 'a', to: 'b' }],
  )

async function book(topology: Topology, reason = 'a test') {
  const sliceId = await addSlice(at.db, world.research.project.id, world.people.lead, topology)
  const asked = as('lead').reservations.book({
    sliceId,
    revision: 1,
    startsAt: hours(24),
    endsAt: hours(25),
    reason,
    placement: 'spread',
  })
  return { asked, sliceId }
}

describe('a drawing that cannot be booked says what is wrong with it', () => {
  const drawings: [string, (t: Topology) => Topology, RegExp][] = [
    [
      'a loop on one interface',
      (t) => ({ ...t, links: t.links.map((l) => ({ ...l, ends: [l.ends[0], l.ends[0]] })) }),
      /^The link at a .*starts and ends on that one interface\.$/,
    ],
    [
      'a name used twice',
      (t) => ({ ...t, hosts: t.hosts.map((h) => ({ ...h, name: 'same' })) }),
      /^The name "same" is used by two: a host and a host\.$/,
    ],
    [
      'an address used twice',
      (t) => {
        const given = t.hosts[0]?.interfaces[0]?.ipv4 ?? null
        return {
          ...t,
          hosts: t.hosts.map((h) => ({
            ...h,
            interfaces: h.interfaces.map((i) => ({ ...i, ipv4: given, planned: false })),
          })),
        }
      },
      /both have the address 10\./,
    ],
    [
      'a name that is no DNS label',
      (t) => ({ ...t, hosts: t.hosts.map((h, i) => (i === 0 ? { ...h, name: 'web_1' } : h)) }),
      /^"web_1" cannot be a name: it is not a DNS label\.$/,
    ],
    [
      'more than anybody may have',
      (t) => ({ ...t, hosts: t.hosts.map((h) => ({ ...h, cpuPercent: 6400 })) }),
      /^You ask for .*the policy allows/,
    ],
  ]
  test.each(drawings)('%s', async (_, spoil, told) => {
    const { asked, sliceId } = await book(spoil(pair()))
    expect(await messageOf(asked)).toMatch(told)
    expect(await at.db.reservation.count({ where: { sliceId } })).toBe(0)
  })
})

test('a tab that is behind is told who saved what and when, and nothing is lost', async () => {
  const { lead, member } = world.people
  const sliceId = await addSlice(at.db, world.research.project.id, lead, pair())
  const theirs = { ...pair(), routing: 'none' as const }
  expect(await as('member').topology.save({ sliceId, base: 1, topology: theirs })).toMatchObject({ number: 2 })
  const told = await messageOf(as('lead').topology.save({ sliceId, base: 1, topology: smallTopology() }))
  expect(told).toMatch(
    new RegExp(
      `^This drawing was opened at revision 1; ${member.name} has saved revision 2 since, at \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\\.$`,
    ),
  )
  expect(await as('lead').topology.at({ sliceId, revision: 2 })).toEqual(theirs)
  expect(await at.db.topologyRevision.count({ where: { sliceId } })).toBe(2)
})

test('of two tabs that save at once, one is told', async () => {
  const sliceId = await addSlice(at.db, world.research.project.id, world.people.lead, pair())
  const both = await Promise.allSettled(
    (['member', 'lead'] as const).map((who) => as(who).topology.save({ sliceId, base: 1, topology: smallTopology() })),
  )
  expect(both.map((b) => b.status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('who is enrolled already stays enrolled once, and keeps the password', async () => {
  const { student, teacher } = world.people
  await at.db.account.create({
    data: { id: student.id, accountId: student.id, providerId: 'credential', userId: student.id },
  })
  const listed = [
    { name: 'Other Name', email: student.email.toUpperCase() },
    { name: 'Twice', email: 'twice@example.test' },
    { name: 'Twice', email: 'TWICE@example.test' },
  ]
  const answer = await as('teacher').courses.addStudents({ courseId: world.class.course.id, students: listed })
  expect(answer.map(({ name, outcome, link }) => ({ name, outcome, link: link !== null }))).toEqual([
    { name: student.name, outcome: 'here', link: false },
    { name: 'Twice', outcome: 'invited', link: true },
  ])
  const again = await addStudents(at.db, {
    actorId: teacher.id,
    courseId: world.class.course.id,
    projectId: world.class.projectId,
    students: listed,
    now: NOW,
  })
  expect(again.ok && again.value.map((e) => e.outcome)).toEqual(['here', 'here'])
})

describe('a lab', () => {
  const start = async (endsAt = hours(26)) => {
    const results: string[] = []
    const answers = await as('teacher').labs.start({
      labId: world.class.unused.id,
      startsAt: hours(24),
      endsAt,
      placement: 'spread',
      reason: 'the lab',
    })
    for await (const { result } of answers)
      results.push(result.outcome === 'refused' ? result.problem.message : result.outcome)
    return results
  }
  const slices = () => at.db.slice.findMany({ where: { labId: world.class.unused.id }, select: { ownerId: true } })

  test('that cannot be booked tells so for each student, and leaves no slices', async () => {
    const told = await start(hours(23))
    expect(told.length).toBeGreaterThan(1)
    for (const message of told) expect(message).toMatch(/^The window ends before it starts/)
    expect(await slices()).toEqual([])
  })

  test('started by two at once and once more gives each student one slice and one booking', async () => {
    const [a, b] = await Promise.all([start(), start()])
    for (const outcome of [...a, ...b]) expect(['approved', 'requested', 'already']).toContain(outcome)
    expect(new Set(await start())).toEqual(new Set(['already']))
    const owners = (await slices()).map((s) => s.ownerId)
    expect(new Set(owners).size).toBe(owners.length)
    expect(owners).toHaveLength(a.length)
    expect(await at.db.reservation.count({ where: { slice: { labId: world.class.unused.id } } })).toBe(a.length)
  })

  test('shows a student their own slice of it and no other', async () => {
    const seen = await as('student').slices.list({ scope: 'all' })
    expect(seen.length).toBeGreaterThan(0)
    expect(new Set(seen.map((s) => s.owner.id))).toEqual(new Set([world.people.student.id]))
    expect(seen.some((s) => s.mayChange)).toBe(false)
  })
})

test('live signals name only slices that one may see, and nodes only to admins', async () => {
  const sent = [
    { kind: 'slice' as const, id: world.class.slice.id },
    { kind: 'slice' as const, id: world.research.slice.id },
    { kind: 'node' as const, id: world.node.id },
  ]
  const hints = {
    async *listen() {
      yield sent
    },
    close: async () => undefined,
  }
  const heard = async (who: keyof World['people']) => {
    const all: unknown[] = []
    const caller = callAs({ db: at.db, hints, person: world.people[who] })
    for await (const signals of await caller.live.signals()) all.push(...signals)
    return all
  }
  expect(await heard('student')).toEqual(sent.slice(0, 1))
  expect(await heard('classmate')).toEqual([])
  expect(await heard('member')).toEqual(sent.slice(1, 2))
  expect(await heard('admin')).toEqual(sent)
})
