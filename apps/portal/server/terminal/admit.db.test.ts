// Who is let to a terminal?

import { openTicket } from '@myvini/store/ticket'
import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { buildWorld, callAs, NOW, type Persona, smallTopology } from '../testing/world'
import { admitTerminal } from './admit'

const at = useDatabase()

test('only who may use a slice gets a terminal on its hosts', async () => {
  const world = await buildWorld(at.db)
  const host = smallTopology().hosts[0]?.id ?? ''
  for (const { running } of [world.class.slice, world.research.slice])
    await at.db.hostPlacement.create({ data: { reservationId: running, virtualId: host, nodeId: world.node.id } })
  await at.db.controllerInstance.create({ data: { id: 'c', gatewayUrl: 'ws://gateway.test', seenAt: NOW } })
  const outcomes = async (slice: string) =>
    Object.fromEntries(
      await Promise.all(
        (Object.keys(world.people) as Persona[]).map(async (who) => {
          const request = { slice, host, session: 'one', columns: 80, rows: 24 }
          const deps = { db: at.db, secret: 'x'.repeat(32), now: NOW }
          const admitted = await admitTerminal(deps, world.people[who], request)
          return [who, admitted.ok ? 'admitted' : admitted.problem.code]
        }),
      ),
    )
  const nobody = Object.fromEntries(Object.keys(world.people).map((who) => [who, 'access.not-found']))
  expect(await outcomes(world.class.slice.id)).toEqual({
    ...nobody,
    student: 'admitted',
    teacher: 'admitted',
    admin: 'admitted',
  })
  expect(await outcomes(world.research.slice.id)).toEqual({
    ...nobody,
    member: 'admitted',
    lead: 'admitted',
    admin: 'admitted',
  })
})

test('whoever opens one in a slice of a lab that records terminals is recorded, and nobody else', async () => {
  const world = await buildWorld(at.db)
  const host = smallTopology().hosts[0]?.id ?? ''
  for (const { running } of [world.class.slice, world.research.slice])
    await at.db.hostPlacement.create({ data: { reservationId: running, virtualId: host, nodeId: world.node.id } })
  await at.db.controllerInstance.create({ data: { id: 'r', gatewayUrl: 'ws://gateway.test', seenAt: NOW } })
  const secret = 'x'.repeat(32)
  const recordOf = async (who: Persona, slice: string) => {
    const request = { slice, host, session: 'one', columns: 80, rows: 24 }
    const admitted = await admitTerminal({ db: at.db, secret, now: NOW }, world.people[who], request)
    if (!admitted.ok) throw new Error(admitted.problem.message)
    return openTicket(new URL(admitted.value.url).searchParams.get('ticket') ?? '', secret, NOW.getTime())?.record
  }
  const { slice, lab } = world.class
  expect(await recordOf('student', slice.id)).toBeUndefined()
  await callAs({ db: at.db, person: world.people.teacher }).labs.setRecording({ labId: lab.id, records: true })
  const name = smallTopology().hosts[0]?.name
  for (const who of ['student', 'teacher'] as const)
    expect(await recordOf(who, slice.id)).toEqual({
      lab: lab.id,
      slice: slice.id,
      user: world.people[who].id,
      host: name,
    })
  expect(await recordOf('lead', world.research.slice.id)).toBeUndefined()
})
