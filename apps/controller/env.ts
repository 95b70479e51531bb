// Which settings come from outside? Read here once and nowhere else.
import { z } from 'zod'

const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'DATABASE_URL must be a postgresql:// address' }),
  /** Shared with the portal; at least 32 characters. */
  MYVINI_SECRET: z.string().min(32),
  /** Our key to the substrate nodes; its public half is beside, with ".pub". Not needed with simulated nodes. */
  MYVINI_SSH_KEY_FILE: z.string().startsWith('/').optional(),
  /** The agent to bring to nodes, as one file. */
  MYVINI_AGENT_BUNDLE: z.string().startsWith('/').optional(),
  /** Where the portal reaches us for terminals; port 0 takes any that is free. */
  MYVINI_GATEWAY_HOST: z.string().default('127.0.0.1'),
  MYVINI_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Where the image builder leaves what it made; without it nodes get no images from here. */
  MYVINI_IMAGES: z.string().startsWith('/').optional(),
  /** Nodes are played by this very process: for work on the interface, on machines without root. */
  MYVINI_SIMULATE: z.stringbool().default(false),
  /** How long a simulated node takes for each of its steps. */
  MYVINI_SIMULATE_PACE_MS: z.coerce.number().int().min(0).default(60),
  MYVINI_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type ControllerEnv = z.infer<typeof Env>

export function readEnv(env: NodeJS.ProcessEnv): ControllerEnv {
  const parsed = Env.safeParse(env)
  if (parsed.success) return parsed.data
  // Names of settings only: their values may be secrets.
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`the controller's settings are not complete:\n${lines.join('\n')}`)
}
