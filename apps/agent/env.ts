// Which settings come from outside? Read here once and nowhere else.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Paths } from './paths'

const Env = z.object({
  MYVINI_STATE: z.string().startsWith('/').default('/var/lib/myvini'),
  MYVINI_RUN: z.string().startsWith('/').default('/run/myvini'),
  MYVINI_BPF: z.string().startsWith('/').default('/sys/fs/bpf/myvini'),
  MYVINI_CGROUP: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/)
    .default('myvini'),
  /** Normally beside this very file, where installation put them. */
  MYVINI_PROGRAMS: z.string().startsWith('/').optional(),
})

export interface AgentEnv {
  paths: Paths
}

export function readEnv(env: NodeJS.ProcessEnv): AgentEnv {
  const e = Env.parse(env)
  const programs = e.MYVINI_PROGRAMS ?? dirname(fileURLToPath(import.meta.url))
  return { paths: { state: e.MYVINI_STATE, run: e.MYVINI_RUN, bpf: e.MYVINI_BPF, cgroup: e.MYVINI_CGROUP, programs } }
}
