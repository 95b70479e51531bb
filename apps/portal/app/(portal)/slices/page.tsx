import type { Metadata } from 'next'
import { Preloaded, preloader } from '../../../server/preload'
import { SliceList } from '../../../slices/slice-list'

export const metadata: Metadata = { title: 'Slices' }

export default async function SlicesPage({ searchParams }: { searchParams: Promise<{ scope?: string }> }) {
  const { scope } = await searchParams
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.slices.list.queryOptions({ scope: scope === 'all' ? 'all' : 'mine' }))
  return (
    <Preloaded>
      <SliceList />
    </Preloaded>
  )
}
