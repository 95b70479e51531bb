// Which database does this installation use? The one that DATABASE_URL names, or a Postgres of its own.
import { fileURLToPath } from 'node:url'
import { migrate } from '@myvini/store/migrate'
import { type ClusterOptions, clusterUrl, startCluster } from '@myvini/store/server/cluster'
import pg from 'pg'
import { type Instance, postgresFolder } from './instance'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const NAME = 'myvini'

export const clusterOf = (instance: Instance, port: number): ClusterOptions => ({
  folder: postgresFolder(instance),
  port,
  ...(instance.user && { runAs: { uid: instance.user.uid, gid: instance.user.gid } }),
})

async function ensureDatabase(maintenanceUrl: string) {
  const client = new pg.Client({ connectionString: maintenanceUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(NAME)}`)
  } finally {
    await client.end()
  }
}

/** Starts it if it is ours and does not run. Returns its address. */
export async function ensureDatabaseRuns(instance: Instance, port: number, given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  const cluster = clusterOf(instance, port)
  await startCluster(cluster)
  await ensureDatabase(await clusterUrl(cluster, 'postgres'))
  return clusterUrl(cluster, NAME)
}

export const migrateDatabase = (url: string): Promise<string[]> => migrate(url, MIGRATIONS)
