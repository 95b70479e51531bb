#!/usr/bin/env node
// Answers the Prisma command line in the place of its schema-engine binary, which is a download that a machine behind a
// package mirror cannot make. The engine itself is Prisma's own, as WASM from npm; what is here is the pipe between the
// two: JSON-RPC 2.0 over stdio, one document a line, and the three `cli` subcommands.
import { readFileSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bindMigrationAwareSqlAdapterFactory, mockMigrationAwareAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { connectionOf, migrationAdapter } from './migration-adapter.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    version: { type: 'boolean' },
  },
})

const send = (document) => writeSync(1, `${JSON.stringify({ jsonrpc: '2.0', ...document })}\n`)
/** The command line reads the engine's log, not its exit code, to learn what went wrong. */
const logError = (message, code) => {
  const fields = { message, ...(code && { error_code: code }) }
  writeSync(
    2,
    `${JSON.stringify({ timestamp: new Date().toISOString(), level: 'ERROR', fields, target: 'schema_engine' })}\n`,
  )
}

function databaseUrl() {
  const given = typeof values.datasource === 'string' ? values.datasource : ''
  if (given.startsWith('{')) return JSON.parse(given).url
  return given || process.env.DATABASE_URL
}

/** Postgres' SQLSTATE to Prisma's error codes. */
const PRISMA_CODES = { '3D000': 'P1003', '28P01': 'P1000' }

async function runCli(command, url) {
  writeSync(2, '{}\n') // the command line skips the first line
  const connection = connectionOf(url)
  const quoted = pg.escapeIdentifier(connection.database)
  // The database that is made or dropped cannot be the one connected to.
  const client = new pg.Client(
    command === 'can-connect-to-database' ? connection : { ...connection, database: 'postgres' },
  )
  try {
    await client.connect()
    if (command === 'create-database') await client.query(`CREATE DATABASE ${quoted}`)
    if (command === 'drop-database') await client.query(`DROP DATABASE ${quoted} WITH (FORCE)`)
    await client.end()
    return 0
  } catch (error) {
    logError(error.message || String(error.code), PRISMA_CODES[error.code] ?? 'P1001')
    return 1
  }
}

async function loadEngine() {
  const path = fileURLToPath(
    new URL('./schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')),
  )
  const { instance } = await WebAssembly.instantiate(readFileSync(path), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => logError(message) }
}

function engineFactory(url) {
  const adapters = bindMigrationAwareSqlAdapterFactory(
    url ? migrationAdapter(url) : mockMigrationAwareAdapterFactory('postgres'),
  )
  const given = (Array.isArray(values.datamodels) ? values.datamodels : []).map((path) => [
    path,
    readFileSync(path, 'utf8'),
  ])
  let engine
  return (params) => {
    const named = [params?.schema, params?.from, params?.to]
      .flatMap((part) => part?.files ?? [])
      .map((f) => [f.path, f.content])
    const log = (line) => process.env.DEBUG && writeSync(2, `${line}\n`)
    engine ??= bindings.SchemaEngine.new({ datamodels: given.length > 0 ? given : named }, log, adapters)
    return engine
  }
}

async function answer(request, engineFor, url) {
  const { id, method, params } = request
  try {
    const engine = await engineFor(params)
    let result =
      method === 'createDatabase' ? { databaseName: connectionOf(url).database } : await engine[method](params)
    if (method === 'getDatabaseVersion') result = await engine.version(params)
    if (method === 'diff' && typeof result?.stdout === 'string') {
      // The binary prints a diff by a request of its own before it answers.
      send({ id: 1_000_000, method: 'print', params: { content: result.stdout } })
      result = { exitCode: result.exitCode ?? 0 }
    }
    send({ id, result: result ?? null })
  } catch (error) {
    const data = { is_panic: false, message: error?.message ?? String(error), meta: null, error_code: error?.code }
    send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } })
  }
}

async function main() {
  if (values.version === true) {
    writeSync(1, 'schema-engine-wasm\n')
    return
  }
  const url = databaseUrl()
  if (positionals[0] === 'cli') process.exit(await runCli(positionals.at(-1), url))
  await loadEngine()
  const engineFor = engineFactory(url)
  let last = Promise.resolve()
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const request = JSON.parse(line)
    if (request.method) last = last.then(() => answer(request, engineFor, url))
  })
  lines.on('close', () => last.then(() => process.exit(0)))
  process.on('SIGTERM', () => last.finally(() => process.exit(0)))
}

await main()
