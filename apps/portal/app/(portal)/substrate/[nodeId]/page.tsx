import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireRole } from '../../../../server/guard'
import { Preloaded, preloader } from '../../../../server/preload'
import { resources } from '../../../../server/resources'
import { NodePage } from '../../../../substrate/node-page'

interface Props {
  params: Promise<{ nodeId: string }>
}

async function find({ params }: Props) {
  await requireRole('admin')
  const { nodeId } = await params
  return resources().db.substrateNode.findUnique({ where: { id: nodeId }, select: { id: true, name: true } })
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await find(props))?.name ?? 'Not found' }
}

export default async function SubstrateNode(props: Props) {
  const node = await find(props)
  if (!node) notFound()
  const { queryClient, trpc } = preloader()
  await Promise.all([
    queryClient.prefetchQuery(trpc.nodes.list.queryOptions()),
    queryClient.prefetchQuery(trpc.nodes.links.queryOptions()),
    queryClient.prefetchQuery(trpc.nodes.slivers.queryOptions({ nodeId: node.id })),
  ])
  return (
    <Preloaded>
      <NodePage nodeId={node.id} />
    </Preloaded>
  )
}
