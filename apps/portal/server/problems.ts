// How does a Problem leave the server? The one place that turns it into an error of the API, and surprises into one too.
import { randomUUID } from 'node:crypto'
import type { Problem, Result } from '@myvini/core/result'
import { TRPCError } from '@trpc/server'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { ToldProblem } from '../told-problem'
import { MOST_API_BYTES, tooLarge } from './too-large'

class ProblemCause extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code)
  }
}

function codeOf(code: string): TRPCError['code'] {
  if (code === 'input.too-large') return 'PAYLOAD_TOO_LARGE'
  if (code === 'access.not-found' || code.endsWith('.gone')) return 'NOT_FOUND'
  if (code === 'access.signed-out') return 'UNAUTHORIZED'
  if (code.startsWith('access.') || code === 'reservation.not-yours') return 'FORBIDDEN'
  if (code.endsWith('.stale') || code.endsWith('-taken') || code.endsWith('.wrong-state')) return 'CONFLICT'
  return 'BAD_REQUEST'
}

/** What the API understands, to be thrown. */
export const refusal = (problem: Problem): TRPCError =>
  new TRPCError({ code: codeOf(problem.code), message: problem.message, cause: new ProblemCause(problem) })

/** Tells the caller, by throwing. */
export function refuse(problem: Problem): never {
  throw refusal(problem)
}

/** What was refused with `refusal`; null for a surprise. */
export const refusedIn = (error: unknown): Problem | null =>
  error instanceof TRPCError && error.cause instanceof ProblemCause ? error.cause.problem : null

/** The value, or the problem told to the caller. */
export function orRefuse<T>(result: Result<T>): T {
  return result.ok ? result.value : refuse(result.problem)
}

/** Zod's own words are for programmers. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected === 'number' ? 'A number is needed' : 'This is needed'
  return issue.message
}

function toldInput(error: z.ZodError): ToldProblem {
  const fields = Object.fromEntries(error.issues.map((issue) => [issue.path.join('.'), `${wordsOf(issue)}.`]))
  const [first] = error.issues
  return {
    code: 'input.invalid',
    message: first ? `${first.path.join(' ') || 'The input'}: ${wordsOf(first)}.` : 'The input is not valid.',
    hint: 'Correct it and try again.',
    fields,
  }
}

/** What a page is shown of an error. A surprise is logged whole, and the page gets a code to quote. */
export function toldProblem(error: TRPCError, path: string | undefined, log: Logger): ToldProblem {
  const { cause } = error
  if (cause instanceof ProblemCause) return cause.problem
  if (cause instanceof z.ZodError) return toldInput(cause)
  // By the adapter, which counts what comes.
  if (error.code === 'PAYLOAD_TOO_LARGE') return tooLarge(MOST_API_BYTES, null)
  if (error.code === 'NOT_FOUND' || error.code === 'METHOD_NOT_SUPPORTED')
    return { code: 'api.unknown', message: error.message, hint: 'Reload the page: the portal may have been updated.' }
  const reference = randomUUID().slice(0, 8)
  log.error({ err: cause ?? error, path, reference }, 'a procedure failed')
  return {
    code: `internal.${reference}`,
    message: 'Something went wrong on our side.',
    hint: `Try again. If it stays, quote internal.${reference} to an admin.`,
  }
}
