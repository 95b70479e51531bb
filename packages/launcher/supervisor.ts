// Is there a supervisor, and does it run what we would run? Seen from the outside.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity, signal, waitUntilGone } from '@myvini/box/process-identity'
import { z } from 'zod'
import { CHECKOUT, type Instance, logsFolder, supervisorPath } from './instance'
import { BUILT, type Service } from './services'
import type { Plan } from './supervise'

const Identity = z.object({ pid: z.number(), startTicks: z.string(), bootId: z.string() })
const Known = z.object({
  self: Identity.nullable(),
  release: z.string(),
  services: z.record(z.string(), Identity.nullable()),
})
export type KnownSupervisor = z.infer<typeof Known> & { self: ProcessIdentity }

async function readRecord(instance: Instance): Promise<z.infer<typeof Known> | null> {
  const path = supervisorPath(instance)
  return existsSync(path) ? Known.parse(JSON.parse(await readFile(path, 'utf8'))) : null
}

/** A supervisor that was killed leaves its services behind, without anyone to look after them. */
async function endOrphans(instance: Instance): Promise<void> {
  const known = await readRecord(instance)
  for (const service of Object.values(known?.services ?? {})) {
    if (service === null || !(await signal(service, 'SIGTERM'))) continue
    if (!(await waitUntilGone(service, 8000))) await signal(service, 'SIGKILL')
  }
}

export async function findSupervisor(instance: Instance): Promise<KnownSupervisor | null> {
  const known = await readRecord(instance)
  if (!known) return null
  return known.self !== null && (await isAlive(known.self)) ? { ...known, self: known.self } : null
}

/** Changes with what is started and with the code behind it. */
async function releaseOf(services: readonly Service[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(services))
  for (const path of BUILT) {
    const info = await stat(path).catch(() => null)
    hash.update(`${path} ${info?.mtimeMs ?? 'none'} ${info?.size ?? ''}`)
  }
  return hash.digest('hex')
}

/** Starts the services, or leaves them alone when they run already as they are planned. Returns whether it did anything. */
export async function ensureSupervisor(
  instance: Instance,
  services: Service[],
  cluster: Plan['cluster'],
): Promise<boolean> {
  const release = await releaseOf(services)
  const known = await findSupervisor(instance)
  if (known?.release === release) return false
  if (known) await stopSupervisor(instance)
  else await endOrphans(instance)
  const logs = logsFolder(instance)
  await mkdir(logs, { recursive: true, mode: 0o750 })
  await rm(supervisorPath(instance), { force: true })
  const log = await open(join(logs, 'supervisor.log'), 'a', 0o640)
  const child = spawn(
    process.execPath,
    [`${CHECKOUT}/node_modules/tsx/dist/cli.mjs`, `${CHECKOUT}/packages/launcher/supervise.ts`],
    {
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      cwd: '/',
    },
  )
  await log.close()
  const plan: Plan = { logs, identity: supervisorPath(instance), services, cluster, release }
  child.stdin?.end(JSON.stringify(plan))
  child.unref()
  for (const until = performance.now() + 15_000; performance.now() < until; ) {
    if (await findSupervisor(instance)) return true
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const tail = (await readFile(join(logs, 'supervisor.log'), 'utf8')).trim().split('\n').slice(-5).join('\n')
  throw new Error(`the supervisor did not start:\n${tail}`)
}

export async function stopSupervisor(instance: Instance): Promise<boolean> {
  const known = await findSupervisor(instance)
  if (!known) {
    await endOrphans(instance)
    return false
  }
  await signal(known.self, 'SIGTERM')
  if (!(await waitUntilGone(known.self, 12_000))) {
    await signal(known.self, 'SIGKILL')
    await waitUntilGone(known.self, 5000)
  }
  await rm(supervisorPath(instance), { force: true })
  return true
}
