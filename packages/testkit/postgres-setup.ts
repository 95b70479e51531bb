// A real Postgres for the tests: one server for the whole run, with a template database that each test file clones.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { migrate } from '@myvini/store/migrate'
import { clusterUrl, startCluster, stopCluster } from '@myvini/store/server/cluster'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the server's maintenance database; empty where there is none. */
    postgresUrl: string
  }
}

export const TEMPLATE = 'myvini_template'
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
/** Postgres refuses to run as root; the user "nobody" exists everywhere and owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 }

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export default async function setup(project: TestProject) {
  // Not under a folder that only root may enter: the server must reach it as another user.
  const base = existsSync('/var/tmp') ? '/var/tmp' : '/tmp'
  const folder = await mkdtemp(`${base}/myvini-test-`)
  const options = {
    folder: `${folder}/pg`,
    port: await freePort(),
    ...(process.getuid?.() === 0 && { runAs: NOBODY }),
  }
  await (await import('node:fs/promises')).chmod(folder, 0o755)
  await startCluster(options)
  const url = await clusterUrl(options, 'postgres')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE ${TEMPLATE}`)
  await client.end()
  await migrate(await clusterUrl(options, TEMPLATE), MIGRATIONS)
  project.provide('postgresUrl', url)
  return async () => {
    await stopCluster(options)
    await rm(folder, { recursive: true, force: true })
  }
}
