// How does somebody who was listed by an instructor get in? By a link that works once; only its hash is kept here.
import { createHash, randomBytes } from 'node:crypto'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import { setPassword } from './people'
import { transact } from './transact'

const LIFETIME_MS = 14 * 24 * 3_600_000

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** A new link for somebody without a password; links made before stop working. */
export async function makeInvitation(tx: Transaction, userId: string, now: Date): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  await tx.invitation.deleteMany({ where: { userId, usedAt: null } })
  await tx.invitation.create({
    data: { tokenHash: hashOf(token), userId, expiresAt: new Date(now.getTime() + LIFETIME_MS) },
  })
  return token
}

const unusable = (code: string, message: string, hint: string) => fail<Problem>({ code, message, hint })
const unknown = unusable(
  'invitation.unknown',
  'This invitation link is not valid.',
  'Check that the whole link was copied. If a newer one was sent to you, use that.',
)
const used = unusable('invitation.used', 'This invitation link has been used already.', 'Sign in with your password.')
const expired = unusable('invitation.expired', 'This invitation link is too old.', 'Ask your instructor for a new one.')

export interface Invited {
  userId: string
  name: string
  email: string
}

/** Whom a link is for, or why it does not work. */
export async function findInvitation(db: Database | Transaction, token: string, now: Date): Promise<Result<Invited>> {
  const row = await db.invitation.findUnique({ where: { tokenHash: hashOf(token) }, include: { user: true } })
  if (!row) return unknown
  if (row.usedAt !== null) return used
  if (row.expiresAt <= now) return expired
  return ok({ userId: row.userId, name: row.user.name, email: row.user.email })
}

/** Sets the password, once. */
export function redeemInvitation(
  db: Database,
  redeem: { token: string; passwordHash: string; now: Date },
): Promise<Result<{ email: string }>> {
  return transact(db, async (tx) => {
    const found = await findInvitation(tx, redeem.token, redeem.now)
    if (!found.ok) return found
    const { userId, email } = found.value
    const { count } = await tx.invitation.updateMany({
      where: { tokenHash: hashOf(redeem.token), usedAt: null },
      data: { usedAt: redeem.now },
    })
    // Somebody with a password keeps it: a link is for joining, not for taking over.
    const known = await tx.account.count({ where: { userId, providerId: 'credential' } })
    if (count === 0 || known > 0) return used
    await setPassword(tx, userId, redeem.passwordHash)
    await writeAudit(tx, { actorId: userId, action: 'user.join', subjectType: 'user', subjectId: userId })
    return ok({ email })
  })
}
