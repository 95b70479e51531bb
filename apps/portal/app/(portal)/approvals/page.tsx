import type { Metadata } from 'next'
import { ApprovalsPage } from '../../../approvals/approvals-page'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'Approvals' }

export default async function Approvals({ searchParams }: { searchParams: Promise<{ show?: string }> }) {
  await requireRole('admin')
  const { queryClient, trpc } = preloader()
  const kind = (await searchParams).show === 'decided' ? 'decided' : 'waiting'
  await queryClient.prefetchQuery(trpc.approvals.list.queryOptions({ kind }))
  return (
    <Preloaded>
      <ApprovalsPage />
    </Preloaded>
  )
}
