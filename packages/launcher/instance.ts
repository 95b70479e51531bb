// Which installation is meant, and where is what of it? One machine may hold several, each with folders of its own.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ensureServiceUser, type ServiceUser } from './service-user'

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export interface Instance {
  name: string
  /** Everything that `down --purge` deletes. */
  folder: string
  /** Whom portal, controller and Postgres run as; null when we are not root and they run as ourselves. */
  user: ServiceUser | null
}

const Name = z
  .string()
  .regex(/^[a-z0-9-]{1,24}$/, 'MYVINI_INSTANCE is a name of lower-case letters, digits and hyphens')

export const isRoot = (): boolean => process.getuid?.() === 0

export async function openInstance(env: NodeJS.ProcessEnv): Promise<Instance> {
  const name = Name.parse(env.MYVINI_INSTANCE ?? 'main')
  const base = isRoot() ? '/var/lib/myvini' : join(CHECKOUT, '.state')
  const folder = join(base, name)
  return { name, folder, user: isRoot() ? await ensureServiceUser() : null }
}

/** A second checkout must not take over what another one runs on the same folders. */
export async function claimFolder({ folder, name }: Instance): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const path = join(folder, 'checkout')
  const owner = existsSync(path) ? await readFile(path, 'utf8') : null
  if (owner !== null && owner !== CHECKOUT && existsSync(owner))
    throw new Error(
      `the instance "${name}" belongs to the checkout ${owner}; run ./myvini down there first, or choose another by MYVINI_INSTANCE=name`,
    )
  await writeFile(path, CHECKOUT)
}

export const secretsFolder = (i: Instance): string => join(i.folder, 'secrets')
export const postgresFolder = (i: Instance): string => join(i.folder, 'postgres')
export const boxFolder = (i: Instance): string => join(i.folder, 'box')
export const imagesFolder = (i: Instance): string => join(i.folder, 'images')
export const logsFolder = (i: Instance): string => join(i.folder, 'logs')
export const settingsPath = (i: Instance): string => join(i.folder, 'settings.json')
export const supervisorPath = (i: Instance): string => join(i.folder, 'supervisor.json')

/** What `up` was asked for last, so that a plain second `up` does the same. */
const Settings = z.object({
  port: z.number().int(),
  postgresPort: z.number().int(),
  nodes: z.number().int(),
  simulate: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

export async function readSettings(i: Instance): Promise<Settings | null> {
  const path = settingsPath(i)
  return existsSync(path) ? Settings.parse(JSON.parse(await readFile(path, 'utf8'))) : null
}

export const writeSettings = (i: Instance, settings: Settings): Promise<void> =>
  writeFile(settingsPath(i), JSON.stringify(settings, null, 2))
