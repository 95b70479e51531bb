// A large installation in a database of its own: a thousand simulated nodes in a ring and ten thousand slices of three
// hosts, each over two neighbours. Written as rows, as they stand once all runs: admission has a benchmark of its own.
import { randomUUID } from 'node:crypto'
import { buildTopology } from '@myvini/core/topology/build'
import pg from 'pg'

export interface FleetSize {
  nodes: number
  slices: number
}

const TOPOLOGY = buildTopology(
  ['a', 'b', 'c'].map((name) => ({ name, kind: 'host' as const, x: 0, y: 0, cpuPercent: 1, memoryMib: 4 })),
  [
    { from: 'a', to: 'b', capacityMbps: 1 },
    { from: 'b', to: 'c', capacityMbps: 1 },
  ],
)

export async function fillFleet(url: string, { nodes, slices }: FleetSize): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const [user, project] = [randomUUID(), randomUUID()]
  const id = (kind: string, n: string) => `'${kind}-' || lpad((${n})::text, 8, '0')`
  const next = (n: string) => `(${n}) % ${nodes}`
  try {
    await client.query('BEGIN')
    await client.query(`INSERT INTO "User" ("id","name","email") VALUES ('${user}','Fleet','fleet@example.test')`)
    await client.query(`INSERT INTO "Project" ("id","slug","name") VALUES ('${project}','fleet','Fleet')`)
    const statements = [
      `INSERT INTO "SubstrateNode" ("id","name","site","sshHost","hostKey","cpuMilli","memoryMib","hostSlots","capabilities","health")
       SELECT ${id('n', 'i')}, 'node-' || i, 'site', '127.0.0.1', 'ssh-ed25519 simulated', 8000, 16384, 1000, '{}', 'healthy'
       FROM generate_series(0, ${nodes - 1}) i`,
      `INSERT INTO "SubstrateLink" ("id","aId","bId","aAddress","bAddress","capacityMbps","delayMs")
       SELECT ${id('l', 'i')}, ${id('n', 'i')}, ${id('n', next('i + 1'))},
         '10.' || i / 250 || '.' || i % 250 || '.1', '10.' || i / 250 || '.' || i % 250 || '.2', 10000, 1
       FROM generate_series(0, ${nodes - 1}) i`,
      `INSERT INTO "Slice" ("id","projectId","ownerId","name","nameKey")
       SELECT ${id('s', 'i')}, '${project}', '${user}', 's' || i, 's' || i FROM generate_series(0, ${slices - 1}) i`,
      `INSERT INTO "TopologyRevision" ("id","sliceId","number","document","authorId")
       SELECT ${id('t', 'i')}, ${id('s', 'i')}, 1, $1::jsonb, '${user}' FROM generate_series(0, ${slices - 1}) i`,
      `INSERT INTO "Reservation" ("id","sliceId","revisionId","requesterId","state","startsAt","endsAt","startedAt")
       SELECT ${id('r', 'i')}, ${id('s', 'i')}, ${id('t', 'i')}, '${user}', 'running', now(), now() + interval '10 days', now()
       FROM generate_series(0, ${slices - 1}) i`,
      `INSERT INTO "HostPlacement" ("reservationId","virtualId","nodeId")
       SELECT ${id('r', 'i')}, h, CASE WHEN h = 'c' THEN ${id('n', next('i + 1'))} ELSE ${id('n', next('i'))} END
       FROM generate_series(0, ${slices - 1}) i, unnest(ARRAY['a','b','c']) h`,
      `INSERT INTO "LinkPlacement" ("reservationId","linkId","path","egreKey")
       SELECT ${id('r', 'i')}, 'l' || l, CASE WHEN l = 2 THEN ARRAY[${id('l', next('i'))}] ELSE '{}' END, i * 2 + l
       FROM generate_series(0, ${slices - 1}) i, generate_series(1, 2) l`,
      `INSERT INTO "UidRangeLease" ("slot","reservationId")
       SELECT i + 1, ${id('r', 'i')} FROM generate_series(0, ${slices - 1}) i`,
      `INSERT INTO "Sliver" ("reservationId","nodeId","state")
       SELECT ${id('r', 'i')}, ${id('n', next('i + d'))}, 'up' FROM generate_series(0, ${slices - 1}) i, generate_series(0, 1) d`,
    ]
    for (const statement of statements)
      await client.query(statement, statement.includes('$1') ? [JSON.stringify(TOPOLOGY)] : [])
    await client.query('COMMIT')
    await client.query('ANALYZE')
  } finally {
    await client.end()
  }
}

export interface FleetState {
  settled: number
  seen: number
  running: number
  ending: number
}

/** How far the controllers are; `since`: nodes that were heard of after this instant count as seen. */
export async function lookAtFleet(client: pg.Client, since: Date): Promise<FleetState> {
  const { rows } = await client.query<FleetState>(
    `SELECT (SELECT count(*)::int FROM "SubstrateNode" WHERE "generation" > 0 AND "settledGeneration" >= "generation") AS settled,
       (SELECT count(*)::int FROM "SubstrateNode" WHERE "lastSeenAt" >= $1) AS seen,
       (SELECT count(*)::int FROM "Reservation" WHERE "state" = 'running') AS running,
       (SELECT count(*)::int FROM "Reservation" WHERE "state" = 'ending') AS ending`,
    [since],
  )
  const [row] = rows
  if (!row) throw new Error('the database gave no row')
  return row
}
