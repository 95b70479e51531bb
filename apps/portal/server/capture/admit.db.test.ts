// Who may see what passes a link?
import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { buildWorld, NOW, type Persona, smallTopology } from '../testing/world'
import { admitCapture, CaptureAsked } from './admit'

const at = useDatabase()

test('only who may use a slice gets a capture on its links', async () => {
  const world = await buildWorld(at.db)
  const link = smallTopology().links[0]?.id ?? ''
  const drawn = smallTopology().links[0]
  const first = drawn?.ends[0]
  const virtualId = first?.kind === 'interface' ? first.host : (first?.lan ?? '')
  for (const [n, { running }] of [world.class.slice, world.research.slice].entries()) {
    await at.db.hostPlacement.create({ data: { reservationId: running, virtualId, nodeId: world.node.id } })
    await at.db.linkPlacement.create({
      data: { reservationId: running, linkId: drawn?.id ?? '', path: [], egreKey: 7001 + n },
    })
  }
  await at.db.controllerInstance.create({ data: { id: 'c', gatewayUrl: 'ws://gateway.test', seenAt: NOW } })
  const outcomes = async (slice: string) =>
    Object.fromEntries(
      await Promise.all(
        (Object.keys(world.people) as Persona[]).map(async (who) => {
          const request = CaptureAsked.parse({ slice, link, end: 'a' })
          const deps = { db: at.db, secret: 'x'.repeat(32), now: NOW }
          const admitted = await admitCapture(deps, world.people[who], request)
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

test('it is the end that was asked for, and no link that does not run', async () => {
  const world = await buildWorld(at.db)
  const deps = { db: at.db, secret: 'x'.repeat(32), now: NOW }
  const asked = CaptureAsked.parse({ slice: world.research.slice.id, link: 'none', end: 'b' })
  expect(await admitCapture(deps, world.people.lead, asked)).toMatchObject({
    ok: false,
    problem: { code: 'capture.no-link' },
  })
  expect(CaptureAsked.safeParse({ ...asked, end: 'c' }).success).toBe(false)
  expect(CaptureAsked.safeParse({ ...asked, snapBytes: '1e9' }).success).toBe(false)
})
