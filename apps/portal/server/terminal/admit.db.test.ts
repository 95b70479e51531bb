// Who is let to a terminal?
import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { buildWorld, NOW, type Persona, smallTopology } from '../testing/world'
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
