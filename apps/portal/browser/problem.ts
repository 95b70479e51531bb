// What went wrong, in words? The one place in the browser that reads errors of the API.
import { TRPCClientError } from '@trpc/client'
import type { ToldProblem } from '../told-problem'

const OFFLINE: ToldProblem = {
  code: 'network.unreachable',
  message: 'The portal cannot be reached.',
  hint: 'Check your connection. What you have typed stays here.',
}

/** No answer at all, as against an answer that says no. */
export const isOffline = (error: unknown): boolean =>
  error instanceof TRPCClientError && (error.data === undefined || error.data === null)

export function problemOf(error: unknown): ToldProblem {
  if (error instanceof TRPCClientError) {
    const problem: unknown = error.data?.problem
    // Written by server/problems.ts for every error; whatever else answers is not our server.
    if (problem) return problem as ToldProblem
    return OFFLINE
  }
  return {
    code: 'browser.error',
    message: error instanceof Error ? error.message : 'Something went wrong in this page.',
    hint: 'Reload the page. If it stays, tell an admin what you did.',
  }
}

/** The message for one field of a form: by its path in the input, or by the subject a Problem names. */
export function fieldError(problem: ToldProblem | null, field: string): string | null {
  if (!problem) return null
  const byPath = problem.fields?.[field]
  if (byPath !== undefined) return byPath
  return problem.subject?.kind === 'field' && problem.subject.id === field ? `${problem.message} ${problem.hint}` : null
}

/** True when some field shows it already, so that it is not told twice. */
export const isAtField = (problem: ToldProblem, fields: readonly string[]): boolean =>
  fields.some((field) => fieldError(problem, field) !== null)
