import { mayUseSlice } from '@myvini/store/access'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { WorkspaceLoader } from '../../../../editor/workspace-loader'
import { requirePerson } from '../../../../server/guard'
import { Preloaded, preloader } from '../../../../server/preload'
import { resources } from '../../../../server/resources'

interface Props {
  params: Promise<{ sliceId: string }>
}

const find = async ({ params }: Props) => mayUseSlice(resources().db, await requirePerson(), (await params).sliceId)

export async function generateMetadata(props: Props): Promise<Metadata> {
  const slice = await find(props)
  return { title: slice.ok ? slice.value.name : 'Not found' }
}

export default async function SlicePage(props: Props) {
  const slice = await find(props)
  if (!slice.ok) notFound()
  const { queryClient, trpc } = preloader()
  const sliceId = slice.value.id
  await Promise.all([
    queryClient.prefetchQuery(trpc.topology.open.queryOptions({ sliceId })),
    queryClient.prefetchQuery(trpc.reservations.status.queryOptions({ sliceId })),
  ])
  return (
    <Preloaded>
      <WorkspaceLoader sliceId={sliceId} />
    </Preloaded>
  )
}
