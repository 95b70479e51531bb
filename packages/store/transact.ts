// How are a deed and its record written together, or neither? A transaction that a Problem undoes.
import { fail, type Problem, type Result } from '@myvini/core/result'
import type { Database, Transaction } from './database'

class Undone extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code)
  }
}

/** What `work` wrote stays only if it ends well: a Problem takes all of it back. */
export async function transact<T>(
  db: Database,
  work: (tx: Transaction) => Promise<Result<T>>,
  options: { timeoutMs?: number } = {},
): Promise<Result<T>> {
  try {
    return await db.$transaction(
      async (tx) => {
        const result = await work(tx)
        if (!result.ok) throw new Undone(result.problem)
        return result
      },
      { timeout: options.timeoutMs ?? 10_000, maxWait: 10_000 },
    )
  } catch (error) {
    if (error instanceof Undone) return fail(error.problem)
    throw error
  }
}
