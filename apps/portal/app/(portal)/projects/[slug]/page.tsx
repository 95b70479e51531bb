import type { Metadata } from 'next'
import { ProjectPage } from '../../../../projects/project-page'
import { Preloaded, preloader } from '../../../../server/preload'

export const metadata: Metadata = { title: 'Project' }

export default async function Project({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.projects.get.queryOptions({ slug }))
  return (
    <Preloaded>
      <ProjectPage slug={slug} />
    </Preloaded>
  )
}
