import type { Metadata } from 'next'
import { PeoplePage } from '../../../admin/people-page'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'People' }

export default async function People() {
  await requireRole('admin')
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.people.list.queryOptions())
  return (
    <Preloaded>
      <PeoplePage />
    </Preloaded>
  )
}
