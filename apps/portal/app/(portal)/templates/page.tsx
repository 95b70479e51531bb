import type { Metadata } from 'next'
import { Preloaded, preloader } from '../../../server/preload'
import { TemplateList } from '../../../templates/template-list'

export const metadata: Metadata = { title: 'Templates' }

export default async function TemplatesPage() {
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.templates.list.queryOptions())
  return (
    <Preloaded>
      <TemplateList />
    </Preloaded>
  )
}
