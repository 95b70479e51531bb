// Who has an account, and as what?
import { randomUUID } from 'node:crypto'
import { fail, ok, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { Role } from './generated/enums'
import { transact } from './transact'

export interface NewAccount {
  name: string
  email: string
  role: Role
  /** As better-auth hashes it; null for somebody who has yet to set one. */
  passwordHash: string | null
}

/** Addresses are kept in lower case, as better-auth looks them up. */
export async function addAccount(tx: Transaction, account: NewAccount): Promise<string> {
  const id = randomUUID()
  await tx.user.create({
    data: { id, name: account.name, email: account.email.trim().toLowerCase(), role: account.role },
  })
  if (account.passwordHash !== null) await setPassword(tx, id, account.passwordHash)
  return id
}

/** Rows as better-auth keeps them for sign-in by email and password. */
export async function setPassword(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  const known = await tx.account.findFirst({ where: { userId, providerId: 'credential' }, select: { id: true } })
  if (known) await tx.account.update({ where: { id: known.id }, data: { password: passwordHash } })
  else
    await tx.account.create({
      data: { id: randomUUID(), accountId: userId, providerId: 'credential', userId, password: passwordHash },
    })
}

export interface PersonRow {
  id: string
  name: string
  email: string
  role: Role
  createdAt: Date
  /** When a session of theirs was last used; null: never signed in, or signed out. */
  seenAt: Date | null
  projects: number
  slices: number
  hasPassword: boolean
}

export async function listPeople(db: Database): Promise<PersonRow[]> {
  const rows = await db.user.findMany({
    include: {
      sessions: { orderBy: { updatedAt: 'desc' }, take: 1, select: { updatedAt: true } },
      accounts: { select: { id: true }, take: 1 },
      _count: { select: { memberships: true, slices: { where: { deletedAt: null } } } },
    },
    orderBy: { name: 'asc' },
  })
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    createdAt: row.createdAt,
    seenAt: row.sessions[0]?.updatedAt ?? null,
    projects: row._count.memberships,
    slices: row._count.slices,
    hasPassword: row.accounts.length > 0,
  }))
}

export function setRole(db: Database, change: { actorId: string; userId: string; role: Role }): Promise<Result<null>> {
  return transact(db, async (tx) => {
    // All admins are locked, so that of two who step down at once one is told to stay.
    const admins = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "User" WHERE "role" = 'admin' FOR UPDATE`
    if (change.role !== 'admin' && admins.length === 1 && admins[0]?.id === change.userId)
      return fail({
        code: 'people.last-admin',
        message: 'This is the only admin; without one nobody could approve requests.',
        hint: 'Make somebody else an admin first.',
      })
    const before = await tx.user.findUnique({ where: { id: change.userId }, select: { role: true } })
    if (!before)
      return fail({ code: 'people.gone', message: 'This account is no longer there.', hint: 'Reload the list.' })
    await tx.user.update({ where: { id: change.userId }, data: { role: change.role } })
    await writeAudit(tx, {
      actorId: change.actorId,
      action: 'user.set-role',
      subjectType: 'user',
      subjectId: change.userId,
      detail: { from: before.role, to: change.role },
    })
    return ok(null)
  })
}
