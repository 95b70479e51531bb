// One command inside one host, asked of a controller: frames as they come. Who aborts ends the command on the node.
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { FrameReader, type InsideFrame } from '@myvini/core/inside/frames'
import type { InsideRequest } from '@myvini/core/inside/request'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { z } from 'zod'
import type { InsideHost, InsideHosts } from './find-hosts'
import { reachController } from './reach-controller'

const Refused = z.object({ problem: z.object({ code: z.string(), message: z.string(), hint: z.string() }) })
const MOST_PROBLEM_BYTES = 64 * 1024

export const lostProblem = (host: string, said = ''): Problem => ({
  code: 'inside.lost',
  message: said === '' ? `The connection to ${host} was lost.` : `${host}: ${said}`,
  hint: 'Try again; what had begun on the node has been ended.',
})

async function problemIn(answer: IncomingMessage, host: string): Promise<Problem> {
  let text = ''
  for await (const chunk of answer) if (text.length < MOST_PROBLEM_BYTES) text += String(chunk)
  try {
    return Refused.parse(JSON.parse(text)).problem
  } catch {
    return lostProblem(host)
  }
}

async function* framesOf(answer: IncomingMessage): AsyncGenerator<InsideFrame> {
  const reader = new FrameReader()
  for await (const chunk of answer) yield* reader.push(chunk as Buffer) // no encoding is set
}

export interface Asked {
  hosts: InsideHosts
  host: InsideHost
  inside: InsideRequest
  signal: AbortSignal
  /** For `put`. */
  content?: Readable
}

const unreached = (host: string): Problem => ({
  code: 'inside.no-controller',
  message: `${host}: no controller could be reached.`,
  hint: 'Try again in a few seconds; if it stays so, tell an admin.',
})

/** The frames; a stream of them that ends without an `end` was lost, and ends in any case when nobody can be at work any more. */
export async function askHost(asked: Asked): Promise<Result<AsyncGenerator<InsideFrame>>> {
  const { hosts, host, inside, signal, content } = asked
  const reached = await reachController(await hosts.urls())
  if (!reached) return fail(unreached(host.name))
  const sent = request(reached.url, {
    method: 'POST',
    headers: { authorization: `Ticket ${host.seal(inside)}` },
    signal,
    createConnection: () => reached.socket,
  })
  // A controller, or its machine, that stands still closes nothing.
  const overdue = setTimeout(
    () => sent.destroy(new Error('nothing was heard')),
    inside.seconds * 1000 + hosts.patienceMs,
  )
  sent.on('close', () => clearTimeout(overdue))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    // After the answer: the node has ended early and takes no more of what is put; its answer says why.
    sent.on('error', reject)
  })
  if (content) {
    content.on('error', () => sent.destroy())
    content.pipe(sent)
  } else sent.end()
  try {
    const answer = await answered
    return answer.statusCode === 200 ? ok(framesOf(answer)) : fail(await problemIn(answer, host.name))
  } catch (error) {
    if (signal.aborted) throw error
    return fail(lostProblem(host.name))
  }
}
