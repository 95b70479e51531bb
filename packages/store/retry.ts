// Which failures of the database mean "again", and which promise was about to be broken?
import { setTimeout as sleep } from 'node:timers/promises'
import { Prisma } from './generated/client'

/** Follows `cause` and Prisma's own wrapping down to what Postgres said: its SQLSTATE. */
export function sqlStateOf(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at !== null && typeof at === 'object' && depth < 8; depth++) {
    const e = at as {
      originalCode?: unknown
      code?: unknown
      meta?: unknown
      driverAdapterError?: unknown
      cause?: unknown
    }
    if (typeof e.originalCode === 'string') return e.originalCode
    // Prisma's own codes, P1000 and on, look like an SQLSTATE but are not; the PL/pgSQL class is P0.
    if (typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code) && !/^P[1-9]/.test(e.code)) return e.code
    at = e.meta ?? e.driverAdapterError ?? e.cause
  }
  return null
}

/** Serialization failure, deadlock: another transaction was first. Prisma says P2034, or a bare TransactionWriteConflict. */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error)
  if (state === '40001' || state === '40P01') return true
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034') return true
  return error instanceof Error && error.message.includes('TransactionWriteConflict')
}

/** Our triggers' code: the claim does not fit beside those already made. */
export const isOverbooked = (error: unknown): boolean => sqlStateOf(error) === 'MV001'

/** A node or link that a plan was made for is gone, lost or drained by now. */
export const isStale = (error: unknown): boolean => ['MV002', '23503'].includes(sqlStateOf(error) ?? '')

export const isExclusion = (error: unknown): boolean => sqlStateOf(error) === '23P01'

export const isUnique = (error: unknown): boolean =>
  sqlStateOf(error) === '23505' || (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')

/** Runs `work` again while it loses against others; waits a little longer each time, never in step with them. */
export async function retryConflicts<T>(work: () => Promise<T>, attempts = 12): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error
      await sleep(Math.random() * Math.min(200, 5 * 2 ** attempt))
    }
  }
}
