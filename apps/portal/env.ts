// Which settings come from outside? Read here once and nowhere else.
import { createHmac } from 'node:crypto'
import { z } from 'zod'

const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'DATABASE_URL must be a postgresql:// address' }),
  /** Shared with the controller; at least 32 characters. */
  MYVINI_SECRET: z.string().min(32),
  /** How browsers reach the portal. Cookies are marked Secure when it is https. */
  MYVINI_PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  /** Our key to substrate nodes, shown to admins who add one. */
  MYVINI_SSH_PUBLIC_KEY: z.string().startsWith('ssh-').optional(),
  /** Where uploads are put for the image builder; without it none are taken. */
  MYVINI_IMAGES: z.string().startsWith('/').optional(),
  MYVINI_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
})
export type PortalEnv = z.infer<typeof Env>

export function parseEnv(from: NodeJS.ProcessEnv): PortalEnv {
  const parsed = Env.safeParse(from)
  if (parsed.success) return parsed.data
  // Names of settings only: their values may be secrets.
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`the portal's settings are not complete:\n${lines.join('\n')}`)
}

let known: PortalEnv | null = null

/** Read when first asked for: a build loads every module and has no settings. */
export function env(): PortalEnv {
  known ??= parseEnv(process.env)
  return known
}

/** A secret for one purpose, so that what signs one kind of thing cannot sign another. */
export const secretFor = (purpose: string, secret: string): string =>
  createHmac('sha256', secret).update(`myvini portal: ${purpose}`).digest('base64url')
