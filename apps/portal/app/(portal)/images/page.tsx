import type { Metadata } from 'next'
import { ImagesPage } from '../../../images/images-page'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'Images' }

export default async function Images() {
  await requireRole('admin')
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.images.list.queryOptions())
  return (
    <Preloaded>
      <ImagesPage />
    </Preloaded>
  )
}
