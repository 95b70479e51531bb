import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { useDatabase } from '@myvini/testkit/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from './migrate'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const SCHEMA = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url))
const test_ = useDatabase()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const add = async (name: string, sql: string) => {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'migration.sql'), sql)
}

/** A database of its own: the template's has the real migrations in it already. */
async function emptyDatabase(name: string): Promise<string> {
  await test_.db.$executeRawUnsafe(`CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(test_.url)
  url.pathname = `/${name}`
  return url.toString()
}

const prisma = (args: string[], url: string) =>
  run(process.execPath, [join(here, 'node_modules/prisma/build/index.js'), ...args], {
    cwd: here,
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1', NO_COLOR: '1' },
  })

test('applied once, in order, and nothing the second time', async () => {
  const url = await emptyDatabase('m_order')
  await add('0002_b', 'INSERT INTO a VALUES (1)')
  await add('0001_a', 'CREATE TABLE a (x int)')
  expect(await migrate(url, folder)).toEqual(['0001_a', '0002_b'])
  expect(await migrate(url, folder)).toEqual([])
})

test('ten at once apply each migration once', async () => {
  const url = await emptyDatabase('m_race')
  await add('0001_a', 'CREATE TABLE a (x int)')
  const all = await Promise.all(Array.from({ length: 10 }, () => migrate(url, folder)))
  expect(all.flat()).toEqual(['0001_a'])
})

test('one that fails is rolled back whole, named, and those before it stay', async () => {
  const url = await emptyDatabase('m_fail')
  await add('0001_a', 'CREATE TABLE a (x int)')
  await add('0002_b', 'CREATE TABLE b (x int); SELECT nonsense')
  await expect(migrate(url, folder)).rejects.toThrow('migration 0002_b failed and was rolled back')
  await add('0002_b', 'CREATE TABLE b (x int)')
  expect(await migrate(url, folder)).toEqual(['0002_b'])
})

test('one that was edited after it was applied is refused', async () => {
  const url = await emptyDatabase('m_edit')
  await add('0001_a', 'CREATE TABLE a (x int)')
  await migrate(url, folder)
  await add('0001_a', 'CREATE TABLE a (y int)')
  await expect(migrate(url, folder)).rejects.toThrow('0001_a was edited')
})

test('the migrations give exactly what the schema says, and Prisma agrees that they were applied', async () => {
  const shadow = await emptyDatabase('m_shadow')
  const args = ['migrate', 'diff', '--from-migrations', MIGRATIONS, '--to-schema', SCHEMA, '--exit-code']
  // Exit code 2 says that they differ, and what by.
  await prisma(args, shadow)
  const { stdout } = await prisma(['migrate', 'status'], test_.url)
  expect(stdout).toContain('up to date')
}, 60_000)
