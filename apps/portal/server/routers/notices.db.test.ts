import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { buildWorld, callAs, hours } from '../testing/world'

const at = useDatabase()

test('people are told what happened to their slices, and only to theirs', async () => {
  const { people, research, class: course } = await buildWorld(at.db)
  const event = (sliceId: string, kind: string, message: string, when = hours(-1)) =>
    at.db.sliceEvent.create({ data: { sliceId, kind, message, at: when } })
  await event(research.slice.id, 'hurt', 'chicago-1 has failed.')
  await event(research.slice.id, 'running', 'All hosts and links are up.')
  await event(research.slice.id, 'moved', 'Long ago.', hours(-24 * 20))
  await event(course.slice.id, 'moved', 'r1 moved to atlanta-1.')
  const told = async (who: keyof typeof people) =>
    (await callAs({ db: at.db, person: people[who] }).notices.list()).map((n) => n.message)
  expect(await told('lead')).toEqual(['chicago-1 has failed.'])
  expect(await told('member')).toEqual(['chicago-1 has failed.'])
  expect(await told('student')).toEqual(['r1 moved to atlanta-1.'])
  expect(await told('teacher')).toEqual(['r1 moved to atlanta-1.'])
  expect(await told('classmate')).toEqual([])
  expect(await told('stranger')).toEqual([])
  expect(await told('admin')).toEqual([])
})
