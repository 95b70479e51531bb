import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { buildWorld, callAs, hours, type Persona, type World } from '../testing/world'

const at = useDatabase()
let world: World | null = null
const theWorld = async () => {
  world ??= await buildWorld(at.db)
  return world
}

const seenBy = async (who: Persona) => {
  const { people } = await theWorld()
  const caller = callAs({ db: at.db, person: people[who] })
  const bookings = await caller.calendar.bookings({ from: hours(-2), until: hours(300) })
  return new Set(bookings.map((b) => b.slice.id))
}

test.each<[Persona, (w: World) => string[]]>([
  ['admin', (w) => [w.research.slice.id, w.class.slice.id]],
  ['lead', (w) => [w.research.slice.id]],
  ['member', (w) => [w.research.slice.id]],
  ['teacher', (w) => [w.class.slice.id]],
  ['student', (w) => [w.class.slice.id]],
  ['classmate', () => []],
  ['otherTeacher', () => []],
  ['stranger', () => []],
])('%s sees the bookings of slices they may see, and no others', async (who, slices) => {
  expect(await seenBy(who)).toEqual(new Set(slices(await theWorld())))
})

test('what is taken is told to everyone, without saying by whom', async () => {
  const { people, research } = await theWorld()
  const caller = callAs({ db: at.db, person: people.stranger })
  const told = await caller.substrate.claims({ from: hours(-2), until: hours(2) })
  expect(JSON.stringify(told)).not.toContain(research.slice.running)
})
