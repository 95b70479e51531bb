// Who is the first admin of a fresh installation? Whoever opens it first; once there is one, nobody more by this way.
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database } from './database'
import { addAccount } from './people'
import { isUnique } from './retry'
import { transact } from './transact'

/** Two browsers that ask at once: the lock makes one of them second. Any number will do that nobody else takes. */
const FIRST_ADMIN_LOCK = 7_203_114

export async function needsFirstAdmin(db: Database): Promise<boolean> {
  return (await db.user.count({ where: { role: 'admin' } })) === 0
}

export interface FirstAdmin {
  name: string
  email: string
  passwordHash: string
}

export async function createFirstAdmin(db: Database, admin: FirstAdmin): Promise<Result<null>> {
  try {
    return await transact(db, async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${FIRST_ADMIN_LOCK}::bigint)::text`
      if ((await tx.user.count({ where: { role: 'admin' } })) > 0)
        return fail<Problem>({
          code: 'first-run.over',
          message: 'This installation has an admin already.',
          hint: 'Sign in, or ask an admin for an account.',
        })
      const id = await addAccount(tx, { ...admin, role: 'admin' })
      await writeAudit(tx, { actorId: id, action: 'user.first-admin', subjectType: 'user', subjectId: id })
      return ok(null)
    })
  } catch (error) {
    if (!isUnique(error)) throw error
    return fail({
      code: 'first-run.email-taken',
      message: 'Somebody has signed up with that address already.',
      hint: 'Use another address.',
      subject: { kind: 'field', id: 'email' },
    })
  }
}
