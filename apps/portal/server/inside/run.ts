// One command line on many virtual hosts, a few at once: what each says as it says it, and how each ended. The page shows
// it as a table, scripts read it line by line (JSON, one object a line).
import { execRequest, INSIDE_LIMITS } from '@myvini/core/inside/request'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Person } from '@myvini/store/access'
import { writeAudit } from '@myvini/store/audit'
import { z } from 'zod'
import type { AdmitDeps } from '../terminal/admit'
import { askHost, lostProblem } from './ask'
import { findHosts, type InsideHost, type InsideHosts, pickHost } from './find-hosts'

const AT_ONCE = 8

export const RunAsked = z.object({
  /** Ids or names; left out: all that can run one. */
  hosts: z.array(z.string().min(1).max(64)).min(1).max(2000).optional(),
  command: z
    .string()
    .refine((text) => text.trim() !== '', 'There is nothing to run')
    .refine(
      (text) => Buffer.byteLength(text) <= INSIDE_LIMITS.commandBytes,
      `A command has at most ${INSIDE_LIMITS.commandBytes / 1024} KiB; bring a longer one as a file`,
    )
    .refine((text) => !text.includes('\0'), 'A command holds no zero byte'),
  /** Then it is ended. */
  seconds: z.number().int().min(1).max(INSIDE_LIMITS.seconds).default(60),
})
export type RunAsked = z.infer<typeof RunAsked>

export type RunEvent =
  | { event: 'hosts'; hosts: { id: string; name: string }[] }
  | { event: 'started'; host: string }
  | { event: 'output'; host: string; from: 'stdout' | 'stderr'; text: string }
  | { event: 'ended'; host: string; exitCode: number; cut: boolean; late: boolean; bytes: number; ms: number }
  | { event: 'failed'; host: string; problem: Problem }
  | { event: 'done' }

type Tell = (event: RunEvent) => Promise<void>

async function runOn(
  hosts: InsideHosts,
  host: InsideHost,
  { command, seconds }: RunAsked,
  signal: AbortSignal,
  tell: Tell,
) {
  const sinceMs = performance.now()
  await tell({ event: 'started', host: host.name })
  const opened = await askHost({ hosts, host, inside: execRequest(command, seconds), signal })
  if (!opened.ok) return tell({ event: 'failed', host: host.name, problem: opened.problem })
  // A character may come in two pieces.
  const text = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let said = ''
  try {
    for await (const frame of opened.value) {
      if (frame.kind === 'end') {
        const ms = Math.round(performance.now() - sinceMs)
        return await tell({ event: 'ended', host: host.name, ...frame.end, ms })
      }
      const piece = text[frame.kind].decode(frame.bytes, { stream: true })
      if (frame.kind === 'stderr') said = (said + piece).slice(-500)
      if (piece !== '') await tell({ event: 'output', host: host.name, from: frame.kind, text: piece })
    }
  } catch (error) {
    if (signal.aborted) throw error
  }
  await tell({ event: 'failed', host: host.name, problem: lostProblem(host.name, said.trim()) })
}

export interface Run {
  hosts: InsideHost[]
  /** Until all have ended, or the signal says that nobody listens. */
  go(signal: AbortSignal, tell: Tell): Promise<void>
}

export async function admitRun(
  deps: AdmitDeps,
  person: Person,
  sliceId: string,
  asked: RunAsked,
): Promise<Result<Run>> {
  const found = await findHosts(deps, person, sliceId)
  if (!found.ok) return found
  const picked = asked.hosts?.map((wanted) => pickHost(found.value, wanted))
  for (const one of picked ?? []) if (!one.ok) return one
  const hosts = picked
    ? [...new Set(picked.flatMap((one) => (one.ok ? [one.value] : [])))]
    : found.value.hosts.filter((host) => host.refusal === null)
  if (hosts.length === 0)
    return fail({ code: 'inside.no-hosts', message: 'No host of this slice runs.', hint: 'Start one first.' })
  return ok({
    hosts,
    async go(signal, tell) {
      await writeAudit(deps.db, {
        actorId: person.id,
        action: 'host.exec',
        subjectType: 'terminal',
        subjectId: sliceId,
        // Not the command: people give passwords to programs there.
        detail: {
          hosts: hosts.length,
          host: hosts
            .slice(0, 10)
            .map((host) => host.name)
            .join(', '),
        },
      })
      await tell({ event: 'hosts', hosts: hosts.map(({ id, name }) => ({ id, name })) })
      const waiting = hosts.values()
      const work = async () => {
        for (const host of waiting) if (!signal.aborted) await runOn(found.value, host, asked, signal, tell)
      }
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, hosts.length) }, work))
      await tell({ event: 'done' })
    },
  })
}
