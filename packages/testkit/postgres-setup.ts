// A real Postgres for the tests: one server for the whole run, with a template database that each test file clones.
import { migrate } from '@myvini/store/migrate'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { MIGRATIONS, startScratchPostgres } from './scratch-postgres'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the server's maintenance database; empty where there is none. */
    postgresUrl: string
  }
}

export const TEMPLATE = 'myvini_template'

export default async function setup(project: TestProject) {
  const postgres = await startScratchPostgres()
  const url = await postgres.urlOf('postgres')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE ${TEMPLATE}`)
  await client.end()
  await migrate(await postgres.urlOf(TEMPLATE), MIGRATIONS)
  project.provide('postgresUrl', url)
  return () => postgres.stop()
}
