import type { Metadata } from 'next'
import { AuditPage } from '../../../admin/audit-page'
import { requireRole } from '../../../server/guard'

export const metadata: Metadata = { title: 'Audit log' }

export default async function Audit() {
  await requireRole('admin')
  return <AuditPage />
}
