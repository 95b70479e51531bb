// Who works together? Projects and who is in them.
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { MembershipRole } from './generated/enums'
import { isUnique } from './retry'
import { transact } from './transact'

/** Lower-case letters, digits and hyphens, for addresses: `Dr. Rita’s tests` becomes `dr-rita-s-tests`. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40)
      .replace(/-+$/, '') || 'project'
  )
}

export interface NewProject {
  name: string
  description: string
  leadId: string
}

async function freeSlug(db: Transaction, name: string): Promise<string> {
  const stem = slugOf(name)
  const taken = await db.project.findMany({ where: { slug: { startsWith: stem } }, select: { slug: true } })
  const slugs = new Set(taken.map((p) => p.slug))
  for (let n = 1; ; n++) {
    const slug = n === 1 ? stem : `${stem}-${n}`
    if (!slugs.has(slug)) return slug
  }
}

/** Two projects may bear one name; their addresses differ. */
export async function createProject(db: Transaction, project: NewProject): Promise<{ id: string; slug: string }> {
  const row = await db.project.create({
    data: {
      slug: await freeSlug(db, project.name),
      name: project.name,
      description: project.description,
      memberships: { create: { userId: project.leadId, role: 'lead' } },
    },
    select: { id: true, slug: true },
  })
  await writeAudit(db, {
    actorId: project.leadId,
    action: 'project.create',
    subjectType: 'project',
    subjectId: row.id,
    detail: { name: project.name },
  })
  return row
}

/** A place to work for somebody who has none: courses do not count, there one cannot make slices. */
export async function ensurePersonalProject(db: Database, userId: string): Promise<void> {
  const member = { userId, role: { not: 'student' as const } }
  if ((await db.membership.count({ where: { ...member, project: { course: null } } })) > 0) return
  const { name } = await db.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true } })
  // Named by the person's id, so that two sign-ins at once make one project.
  const slug = `${slugOf(name)}-${userId.slice(0, 6).toLowerCase()}`
  try {
    await db.project.create({
      data: { slug, name: `${name}’s project`, memberships: { create: { userId, role: 'lead' } } },
    })
  } catch (error) {
    if (!isUnique(error)) throw error
  }
}

export interface MemberRow {
  id: string
  name: string
  email: string
  role: MembershipRole
  slices: number
}

export async function listMembers(db: Database, projectId: string): Promise<MemberRow[]> {
  const rows = await db.membership.findMany({
    where: { projectId },
    include: {
      user: { include: { _count: { select: { slices: { where: { projectId, deletedAt: null } } } } } },
    },
    orderBy: { createdAt: 'asc' },
  })
  return rows.map(({ role, user }) => ({
    id: user.id,
    name: user.name,
    email: user.email,
    role,
    slices: user._count.slices,
  }))
}

const lastLead = fail<Problem>({
  code: 'project.last-lead',
  message: 'A project needs at least one lead.',
  hint: 'Make somebody else a lead first.',
})

const notAMember = fail<Problem>({
  code: 'project.member.gone',
  message: 'This person is not in the project.',
  hint: 'Somebody may have removed them already. Reload to see who is in it.',
})

const isMember = async (db: Transaction, projectId: string, userId: string): Promise<boolean> =>
  (await db.membership.count({ where: { projectId, userId } })) > 0

async function isLastLead(db: Transaction, projectId: string, userId: string): Promise<boolean> {
  const leads = await db.membership.findMany({ where: { projectId, role: 'lead' }, select: { userId: true } })
  return leads.length === 1 && leads[0]?.userId === userId
}

export interface MemberChange {
  actorId: string
  projectId: string
}

export function addMember(db: Database, change: MemberChange & { email: string; role: 'lead' | 'member' }) {
  return transact(db, async (tx) => {
    const user = await tx.user.findUnique({ where: { email: change.email.trim().toLowerCase() } })
    if (!user)
      return fail<Problem>({
        code: 'project.unknown-person',
        message: `Nobody with the address ${change.email} has an account here.`,
        hint: 'Ask them to sign up first, then add them.',
        subject: { kind: 'field', id: 'email' },
      })
    const key = { projectId: change.projectId, userId: user.id }
    await tx.membership.upsert({
      where: { projectId_userId: key },
      create: { ...key, role: change.role },
      update: { role: change.role },
    })
    await auditMember(tx, change, 'project.add-member', { email: user.email, role: change.role })
    return ok({ name: user.name })
  })
}

export function setMemberRole(db: Database, change: MemberChange & { userId: string; role: 'lead' | 'member' }) {
  return transact(db, async (tx): Promise<Result<null>> => {
    const { projectId, userId, role } = change
    if (!(await isMember(tx, projectId, userId))) return notAMember
    if (role !== 'lead' && (await isLastLead(tx, projectId, userId))) return lastLead
    await tx.membership.update({ where: { projectId_userId: { projectId, userId } }, data: { role } })
    await auditMember(tx, change, 'project.set-role', { userId, role })
    return ok(null)
  })
}

/** Their slices stay with the project. */
export function removeMember(db: Database, change: MemberChange & { userId: string }) {
  return transact(db, async (tx): Promise<Result<null>> => {
    const { projectId, userId } = change
    if (!(await isMember(tx, projectId, userId))) return notAMember
    if (await isLastLead(tx, projectId, userId)) return lastLead
    await tx.membership.deleteMany({ where: { projectId, userId } })
    await auditMember(tx, change, 'project.remove-member', { userId })
    return ok(null)
  })
}

const auditMember = (tx: Transaction, change: MemberChange, action: string, detail: Record<string, string>) =>
  writeAudit(tx, { actorId: change.actorId, action, subjectType: 'project', subjectId: change.projectId, detail })
