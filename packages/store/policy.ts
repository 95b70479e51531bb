// What is the policy in force? A setting that an admin edits; until then, core's default.
import { DEFAULT_POLICY, Policy } from '@myvini/core/reservation/policy'
import type { Database, Transaction } from './database'

const KEY = 'policy'

export async function loadPolicy(db: Database | Transaction): Promise<Policy> {
  const row = await db.setting.findUnique({ where: { key: KEY } })
  return row ? Policy.parse(row.value) : DEFAULT_POLICY
}

export async function savePolicy(db: Database | Transaction, policy: Policy): Promise<void> {
  await db.setting.upsert({ where: { key: KEY }, create: { key: KEY, value: policy }, update: { value: policy } })
}
