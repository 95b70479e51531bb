// Which processes make up an installation, and how is each started?
import { join } from 'node:path'
import { CHECKOUT, type Instance, imagesFolder, type Settings } from './instance'
import type { Secrets } from './secrets'
import { launchAs } from './service-user'

export interface Service {
  name: 'controller' | 'portal' | 'images'
  argv: string[]
  env: Record<string, string>
}

export interface Shared {
  instance: Instance
  settings: Settings
  secrets: Secrets
  databaseUrl: string
}

export const publicUrl = (port: number): string => `http://localhost:${port}`

const COMMON = {
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
}

/** What changes when something is built anew: services that run older code are restarted. */
export const BUILT = [
  join(CHECKOUT, 'apps/controller/dist/controller.mjs'),
  join(CHECKOUT, 'apps/agent/dist/agent.mjs'),
  join(CHECKOUT, 'apps/portal/dist/server.mjs'),
  join(CHECKOUT, 'apps/portal/.next/BUILD_ID'),
]

export async function planServices({ instance, settings, secrets, databaseUrl }: Shared): Promise<Service[]> {
  const node = process.execPath
  const controller = await launchAs(instance.user, [
    node,
    '--enable-source-maps',
    '@/apps/controller/dist/controller.mjs',
  ])
  const portal = await launchAs(instance.user, [node, '--enable-source-maps', '@/apps/portal/dist/server.mjs'])
  return [
    {
      name: 'controller',
      argv: controller.argv,
      env: {
        ...COMMON,
        DATABASE_URL: databaseUrl,
        MYVINI_SECRET: secrets.secret,
        MYVINI_SSH_KEY_FILE: secrets.sshKeyFile,
        MYVINI_AGENT_BUNDLE: `${controller.checkout}/apps/agent/dist/agent.mjs`,
        MYVINI_SIMULATE: String(settings.simulate),
        MYVINI_IMAGES: imagesFolder(instance),
      },
    },
    {
      name: 'portal',
      argv: portal.argv,
      env: {
        ...COMMON,
        DATABASE_URL: databaseUrl,
        MYVINI_SECRET: secrets.secret,
        MYVINI_PUBLIC_URL: publicUrl(settings.port),
        MYVINI_SSH_PUBLIC_KEY: secrets.sshPublicKey,
        MYVINI_IMAGES: imagesFolder(instance),
        HOST: '127.0.0.1',
        PORT: String(settings.port),
      },
    },
    {
      // As root, where we are: installing packages into a root file system takes it. It listens to nobody.
      name: 'images',
      argv: [node, join(CHECKOUT, 'node_modules/tsx/dist/cli.mjs'), join(CHECKOUT, 'packages/images/main.ts')],
      env: { ...COMMON, DATABASE_URL: databaseUrl, MYVINI_IMAGES: imagesFolder(instance) },
    },
  ]
}
