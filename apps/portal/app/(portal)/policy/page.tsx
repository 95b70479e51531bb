import type { Metadata } from 'next'
import { PolicyPage } from '../../../admin/policy-page'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'Policy' }

export default async function Policy() {
  await requireRole('admin')
  const { queryClient, trpc } = preloader()
  await Promise.all([
    queryClient.prefetchQuery(trpc.policy.get.queryOptions()),
    queryClient.prefetchQuery(trpc.policy.projects.queryOptions()),
  ])
  return (
    <Preloaded>
      <PolicyPage />
    </Preloaded>
  )
}
