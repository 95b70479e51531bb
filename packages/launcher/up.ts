// From built code to a running installation. Every step looks first what is there already.
import { parseArgs } from 'node:util'
import { Box } from '@myvini/box/box'
import { planBox } from '@myvini/box/layout'
import { type Database, openDatabase } from '@myvini/store/database'
import { clusterOf, ensureDatabaseRuns, migrateDatabase } from './database'
import { prepareImages } from './images'
import {
  boxFolder,
  claimFolder,
  type Instance,
  openInstance,
  readSettings,
  type Settings,
  writeSettings,
} from './instance'
import { freePort, isPortFree } from './ports'
import { ensureSecrets, type Secrets } from './secrets'
import { LOGINS, seedPeople, seedSubstrate, seedTemplates, simulatedNodes } from './seed'
import { planServices, publicUrl } from './services'
import { steps } from './steps'
import { ensureSupervisor, findSupervisor } from './supervisor'

const DEFAULT_PORT = 3000
const DEFAULT_NODES = 4
const DEFAULT_POSTGRES_PORT = 54_329

async function settle(instance: Instance, args: readonly string[]): Promise<Settings> {
  const { values } = parseArgs({
    args: [...args],
    options: { simulate: { type: 'boolean' }, nodes: { type: 'string' }, port: { type: 'string' } },
  })
  const before = await readSettings(instance)
  const number = (name: string, text: string | undefined, otherwise: number, least: number, most: number) => {
    if (text === undefined) return otherwise
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`)
    return value
  }
  return {
    port: number('port', values.port, before?.port ?? DEFAULT_PORT, 1, 65_535),
    nodes: number('nodes', values.nodes, before?.nodes ?? DEFAULT_NODES, 1, 256),
    postgresPort: before?.postgresPort ?? (await freePort(DEFAULT_POSTGRES_PORT)),
    simulate: values.simulate ?? before?.simulate ?? false,
  }
}

async function seedAll(db: Database, instance: Instance, settings: Settings, secrets: Secrets): Promise<string> {
  await seedTemplates(db)
  await seedPeople(db)
  if (settings.simulate) {
    const layout = planBox(0, settings.nodes)
    await seedSubstrate(db, layout, simulatedNodes(layout))
    return `${settings.nodes} simulated nodes`
  }
  const box = await Box.open(
    { folder: boxFolder(instance), controllerKey: secrets.sshPublicKey, hasOutside: true },
    settings.nodes,
  )
  const nodes = await box.start()
  await seedSubstrate(db, box.layout, nodes)
  return nodes.map((n) => n.name).join(', ')
}

async function waitForPortal(port: number) {
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the portal did not answer within a minute; see ./myvini logs portal')
}

async function waitForNodes(db: Database): Promise<string> {
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    const nodes = await db.substrateNode.findMany()
    const ready = nodes.filter((n) => n.health === 'healthy').length
    if (ready === nodes.length) return `${ready} of ${nodes.length} ready`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const late = await db.substrateNode.findMany({ where: { health: { not: 'healthy' } } })
  throw new Error(late.map((n) => `${n.name} is ${n.health}: ${n.healthReason ?? 'no reason known yet'}`).join('\n'))
}

function printAddress(settings: Settings) {
  const width = Math.max(...LOGINS.map((l) => l.email.length))
  const logins = LOGINS.map((l) => `  ${l.role.padEnd(11)} ${l.email.padEnd(width)}  ${l.password}`)
  process.stdout.write(`\nMyVINI runs at ${publicUrl(settings.port)}\n\n${logins.join('\n')}\n\n`)
  process.stdout.write('Stop it with ./myvini down; see how it is with ./myvini status.\n')
}

export async function up(args: readonly string[]): Promise<number> {
  const instance = await openInstance(process.env)
  await claimFolder(instance)
  const settings = await settle(instance, args)
  const running = await findSupervisor(instance)
  if (!running && !(await isPortFree(settings.port)))
    throw new Error(`port ${settings.port} is taken by another program; choose another with --port`)
  await writeSettings(instance, settings)
  const given = process.env.DATABASE_URL
  let db: Database | null = null
  try {
    return await steps('Starting', async (step) => {
      const secrets = await step('Secrets', () => ensureSecrets(instance))
      const databaseUrl = await step('Database', () => ensureDatabaseRuns(instance, settings.postgresPort, given))
      await step('Migrations', async () => void (await migrateDatabase(databaseUrl)))
      db = openDatabase({ url: databaseUrl, connections: 2 })
      const database = db
      await step(settings.simulate ? 'Simulated substrate' : 'Substrate in a box', () =>
        seedAll(database, instance, settings, secrets),
      )
      await step('Images', () => prepareImages(instance))
      const services = await planServices({ instance, settings, secrets, databaseUrl })
      const cluster = given === undefined ? clusterOf(instance, settings.postgresPort) : null
      await step('Controller and portal', async () =>
        (await ensureSupervisor(instance, services, cluster)) ? 'started' : 'run already',
      )
      await step('Portal answers', () => waitForPortal(settings.port))
      await step('Substrate nodes enrolled', () => waitForNodes(database))
      printAddress(settings)
      return 0
    })
  } finally {
    await (db as Database | null)?.$disconnect()
  }
}
