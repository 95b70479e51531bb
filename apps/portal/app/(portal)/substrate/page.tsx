import type { Metadata } from 'next'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'
import { SubstratePage } from '../../../substrate/substrate-page'

export const metadata: Metadata = { title: 'Substrate' }

export default async function Substrate() {
  await requireRole('admin')
  const { queryClient, trpc } = preloader()
  await Promise.all([
    queryClient.prefetchQuery(trpc.nodes.list.queryOptions()),
    queryClient.prefetchQuery(trpc.nodes.links.queryOptions()),
  ])
  return (
    <Preloaded>
      <SubstratePage />
    </Preloaded>
  )
}
