// What runs, and how is it? For people, and by its exit code for scripts: 0 when all is well.
import { isAlive } from '@myvini/box/process-identity'
import { openDatabase } from '@myvini/store/database'
import { clusterUrl, isClusterRunning } from '@myvini/store/server/cluster'
import { clusterOf } from './database'
import { openInstance, readSettings } from './instance'
import { publicUrl } from './services'
import { findSupervisor } from './supervisor'

const line = (ok: boolean, what: string, how: string) =>
  process.stdout.write(`${ok ? '  ok ' : '  -- '}${what}: ${how}\n`)

async function portalAnswers(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(3000) }).catch(
    () => null,
  )
  return answer?.ok ?? false
}

export async function status(): Promise<number> {
  const instance = await openInstance(process.env)
  const settings = await readSettings(instance)
  if (!settings) {
    process.stdout.write('Nothing of MyVINI has been started here. Start with: ./myvini up\n')
    return 1
  }
  let well = true
  const tell = (ok: boolean, what: string, how: string) => {
    well &&= ok
    line(ok, what, how)
  }
  const supervisor = await findSupervisor(instance)
  tell(supervisor !== null, 'Supervisor', supervisor ? `process ${supervisor.self.pid}` : 'does not run')
  for (const [name, identity] of Object.entries(supervisor?.services ?? {})) {
    const alive = identity !== null && (await isAlive(identity))
    tell(alive, name, alive ? `process ${identity.pid}` : 'is being started again')
  }
  const answers = await portalAnswers(settings.port)
  tell(answers, 'Portal', answers ? publicUrl(settings.port) : `no answer on port ${settings.port}`)
  const given = process.env.DATABASE_URL
  const cluster = clusterOf(instance, settings.postgresPort)
  const database = given !== undefined || (await isClusterRunning(cluster))
  tell(
    database,
    'Database',
    given !== undefined ? 'of DATABASE_URL' : database ? `port ${settings.postgresPort}` : 'does not run',
  )
  if (!database) return 1
  const db = openDatabase({ url: given ?? (await clusterUrl(cluster, 'myvini')), connections: 1 })
  try {
    for (const node of await db.substrateNode.findMany({ orderBy: { name: 'asc' } }))
      tell(
        node.health === 'healthy',
        node.name,
        node.health === 'healthy'
          ? `healthy, spec ${node.settledGeneration} of ${node.generation}`
          : `${node.health}: ${node.healthReason ?? ''}`,
      )
    const running = await db.reservation.groupBy({
      by: ['state'],
      where: { state: { notIn: ['ended', 'denied'] } },
      _count: true,
    })
    const counts = running.map((r) => `${r._count} ${r.state}`).join(', ')
    line(true, 'Reservations', counts || 'none')
  } finally {
    await db.$disconnect()
  }
  return well ? 0 : 1
}
