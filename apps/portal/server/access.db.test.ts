// Who may call what? One line for each procedure, asked as everybody; a procedure without a line makes this fail.
import { useDatabase } from '@myvini/testkit/database'
import { TRPCError } from '@trpc/server'
import { describe, expect, test } from 'vitest'
import { appRouter } from './routers/root'
import { CASES, type Case } from './testing/access-cases'
import { buildWorld, callAs, type Persona, type World } from './testing/world'

const at = useDatabase()
const PERSONAS = [
  'stranger',
  'member',
  'lead',
  'student',
  'classmate',
  'teacher',
  'otherTeacher',
  'admin',
] as const satisfies readonly Persona[]

type Outcome = 'allowed' | TRPCError['code']

/** Walks to the procedure by its path, and reads what it streams to the end. */
async function call(world: World, who: Persona | 'anonymous', path: string, input: unknown): Promise<Outcome> {
  const person = who === 'anonymous' ? null : world.people[who]
  let target: unknown = callAs({ db: at.db, person })
  // The caller is a proxy typed by the router; a path that comes from the router itself always leads to a function.
  for (const part of path.split('.')) target = (target as Record<string, unknown>)[part]
  try {
    const given = await (target as (input: unknown) => Promise<unknown>)(input)
    if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given)
      for await (const _ of given as AsyncIterable<unknown>);
    return 'allowed'
  } catch (error) {
    if (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR') return error.code
    throw error
  }
}

/** Differs as soon as any row is added, changed or removed: how many each table has, and which transaction wrote last. */
async function everything(): Promise<string> {
  const tables = await at.db.$queryRaw<{ name: string }[]>`
    SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
  const marks = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*)::text AS rows, max(xmin::text::bigint)::text AS last FROM ${name}`,
  )
  return JSON.stringify(await at.db.$queryRawUnsafe(`${marks.join(' UNION ALL ')} ORDER BY 1`))
}

async function outcomes(path: string, given: Case) {
  let world = await buildWorld(at.db)
  const found: Record<string, Outcome> = {}
  for (const who of ['anonymous', ...PERSONAS] as const) {
    const input = await given.input?.(world, who === 'anonymous' ? world.people.stranger : world.people[who], at.db)
    const before = await everything()
    found[who] = await call(world, who, path, input)
    if (found[who] !== 'allowed')
      expect(await everything(), `${path} refused ${who} and changed something`).toBe(before)
    // What was done is done: the next one finds everything as it was.
    if (found[who] === 'allowed') world = await buildWorld(at.db)
  }
  return found
}

test('every procedure says who may call it', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted())
})

describe.each(Object.entries(CASES))('%s', (path, cases) => {
  test.each(cases.map((c) => [c.on ?? 'is for whom it should be', c] as const))(
    '%s',
    async (_, given) => {
      const found = await outcomes(path, given)
      expect(found).toEqual({ anonymous: 'UNAUTHORIZED', ...given.who })
    },
    60_000,
  )
})
