// A database of its own for one test file: a clone of the migrated template, gone when the file is done.
import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '@myvini/store/database'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { TEMPLATE } from './postgres-setup'

async function administer(statement: string) {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

export interface TestDatabase {
  db: Database
  url: string
}

/** Call at the top of a test file; use the fields inside tests only. */
export function useDatabase(): TestDatabase {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const test = {} as TestDatabase // filled before the first test runs
  beforeAll(async () => {
    await administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
    const url = new URL(inject('postgresUrl'))
    url.pathname = `/${name}`
    test.url = url.toString()
    test.db = openDatabase({ url: test.url, connections: 10 })
  })
  afterAll(async () => {
    await test.db?.$disconnect()
    await administer(`DROP DATABASE ${name} WITH (FORCE)`)
  })
  return test
}
