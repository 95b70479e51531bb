// A Postgres server of its own for a run of tests or a benchmark: started on an empty folder, removed with it.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { clusterUrl, startCluster, stopCluster } from '@myvini/store/server/cluster'

export const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
/** Postgres refuses to run as root; the user "nobody" exists everywhere and owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 }

export interface ScratchPostgres {
  urlOf(database: string): Promise<string>
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export async function startScratchPostgres(): Promise<ScratchPostgres> {
  // Not under a folder that only root may enter: the server must reach it as another user.
  const folder = await mkdtemp('/var/tmp/myvini-test-')
  await chmod(folder, 0o755)
  const options = {
    folder: `${folder}/pg`,
    port: await freePort(),
    ...(process.getuid?.() === 0 && { runAs: NOBODY }),
  }
  await startCluster(options)
  return {
    urlOf: (database) => clusterUrl(options, database),
    async stop() {
      await stopCluster(options)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
