// What is the policy in force? A setting that an admin edits; until then, core's default.
import { DEFAULT_POLICY, Exception, Policy, type PolicyRole, policyFor } from '@myvini/core/reservation/policy'
import type { Database, Transaction } from './database'
import { Prisma } from './generated/client'

const KEY = 'policy'

export async function loadPolicy(db: Database | Transaction): Promise<Policy> {
  const row = await db.setting.findUnique({ where: { key: KEY } })
  return row ? Policy.parse(row.value) : DEFAULT_POLICY
}

export async function savePolicy(db: Database | Transaction, policy: Policy): Promise<void> {
  await db.setting.upsert({ where: { key: KEY }, create: { key: KEY, value: policy }, update: { value: policy } })
}

/** The policy as it is for somebody in a project: with what their role and the project have otherwise. */
export async function loadPolicyFor(db: Database | Transaction, role: PolicyRole, projectId: string): Promise<Policy> {
  const [policy, project] = await Promise.all([
    loadPolicy(db),
    db.project.findUnique({ where: { id: projectId }, select: { exception: true } }),
  ])
  return policyFor(policy, role, project?.exception ? Exception.parse(project.exception) : null)
}

export interface ProjectException {
  id: string
  slug: string
  name: string
  isCourse: boolean
  exception: Exception | null
}

export async function listExceptions(db: Database): Promise<ProjectException[]> {
  const rows = await db.project.findMany({
    orderBy: { name: 'asc' },
    select: { id: true, slug: true, name: true, exception: true, course: { select: { id: true } } },
  })
  return rows.map(({ id, slug, name, exception, course }) => ({
    id,
    slug,
    name,
    isCourse: course !== null,
    exception: exception === null ? null : Exception.parse(exception),
  }))
}

/** Null: as the policy says. */
export async function saveException(
  db: Transaction,
  change: { projectId: string; exception: Exception | null },
): Promise<boolean> {
  const { count } = await db.project.updateMany({
    where: { id: change.projectId },
    data: { exception: change.exception ?? Prisma.DbNull },
  })
  return count > 0
}
