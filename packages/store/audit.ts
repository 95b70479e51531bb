// Who did what, when? Written in the same transaction as the deed.
import type { Database, Transaction } from './database'
import type { Prisma } from './generated/client'

export interface Deed {
  actorId: string | null
  /** `slice.delete`, `reservation.approve` … */
  action: string
  subjectType:
    | 'slice'
    | 'reservation'
    | 'project'
    | 'course'
    | 'lab'
    | 'substrate-node'
    | 'substrate-link'
    | 'policy'
    | 'user'
    | 'terminal'
    | 'image'
    | 'saved-slice'
    | 'capture'
  subjectId: string
  detail?: Prisma.InputJsonObject
}

export async function writeAudit(db: Database | Transaction, deed: Deed): Promise<void> {
  await db.auditEntry.create({ data: { ...deed, detail: deed.detail ?? {} } })
}
