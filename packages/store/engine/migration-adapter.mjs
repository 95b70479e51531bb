// The Postgres adapter as migrations need it: @prisma/adapter-pg with what the schema engine asks beyond queries.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

/** Split rather than passed on: a connectionString would override `database` for the shadow database. */
export function connectionOf(url) {
  const parsed = new URL(url)
  return {
    host: parsed.searchParams.get('host') ?? parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
  }
}

/** Postgres' internal "char" type (oid 18) is in its catalogue, which the engine reads; adapter-pg has no mapping for it. */
const CHAR_OID = 18
const TEXT_OID = 25

function readChars(adapter) {
  const found = new AsyncLocalStorage()
  const performIO = adapter.performIO.bind(adapter)
  adapter.performIO = async (query) => {
    const result = await performIO(query)
    result.fields?.forEach((field, index) => {
      if (field.dataTypeID !== CHAR_OID) return
      field.dataTypeID = TEXT_OID
      found.getStore()?.push(index)
    })
    return result
  }
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = (query) =>
    found.run([], async () => {
      const result = await queryRaw(query)
      for (const index of found.getStore()) result.columnTypes[index] = ColumnTypeEnum.Character
      return result
    })
}

function adapt(adapter) {
  readChars(adapter)
  // One simple query for a whole script: atomic, and bodies in $$ survive, where the adapter would split at each ";".
  adapter.executeScript = async (sql) => {
    try {
      await adapter.client.query(sql)
    } catch (error) {
      adapter.onError(error)
    }
  }
  const startTransaction = adapter.startTransaction?.bind(adapter)
  if (startTransaction) adapter.startTransaction = async (level) => adapt(await startTransaction(level))
  return adapter
}

export function migrationAdapter(url) {
  const connection = connectionOf(url)
  const schema = new URL(url).searchParams.get('schema') ?? 'public'
  class MigrationPg extends PrismaPg {
    async connect() {
      return adapt(await super.connect())
    }
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${randomUUID()}`
      const quoted = pg.escapeIdentifier(name)
      const admin = await this.connect()
      await admin.executeScript(`CREATE DATABASE ${quoted}`)
      const shadow = adapt(await new PrismaPg({ ...connection, database: name }, { schema }).connect())
      const dispose = shadow.dispose.bind(shadow)
      shadow.dispose = async () => {
        await dispose()
        await admin.executeScript(`DROP DATABASE ${quoted} WITH (FORCE)`)
        await admin.dispose()
      }
      return shadow
    }
  }
  return new MigrationPg(connection, { schema })
}
