'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil, Plus, Server, Trash2 } from 'lucide-react'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Page, Section } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { LinkPanel } from './link-panel'
import { LinkTable } from './link-table'
import { nodeColumns } from './node-columns'
import { NodePanel } from './node-panel'
import { SubstrateMap } from './substrate-map'
import { useNodeActions } from './use-node-actions'

/** The servers and what joins them: how they are, what is promised of them, and what may be put on them. */
export function SubstratePage() {
  const trpc = useTRPC()
  const nodes = useQuery(trpc.nodes.list.queryOptions())
  const links = useQuery(trpc.nodes.links.queryOptions())
  const [panel, setPanel] = useUrlState('panel', '', 'push')
  const [panelKind, panelId] = panel.split(':')
  const actions = useNodeActions()
  const close = () => setPanel('')
  const editedNode = nodes.data?.find((n) => n.id === panelId)
  const editedLink = links.data?.find((l) => l.id === panelId)
  const addButton = (
    <Button variant="primary" icon={<Plus />} onClick={() => setPanel('new-node')}>
      Add a node
    </Button>
  )
  const error = nodes.error ?? links.error
  return (
    <>
      <TopBar crumbs={[{ label: 'Substrate' }]} />
      <div className="flex min-h-0 flex-1">
        <Page
          title="Substrate"
          about="The servers that host, and the links between them."
          actions={nodes.data?.length !== 0 && addButton}
        >
          {error ? (
            <Failed error={error} retry={() => void nodes.refetch()} />
          ) : nodes.data?.length === 0 ? (
            <Empty icon={<Server />} title="Add your first server" actions={addButton}>
              Any Linux server will do that you reach by SSH as root. MyVINI brings its agent by itself; nothing else
              has to be installed there.
            </Empty>
          ) : (
            <>
              {nodes.data && links.data ? (
                <SubstrateMap nodes={nodes.data} links={links.data} />
              ) : (
                <Skeleton className="mb-4 h-96" />
              )}
              <Section title="Nodes">
                <DataTable
                  name="nodes"
                  rows={nodes.data}
                  columns={nodeColumns(actions)}
                  idOf={(n) => n.id}
                  labelOf={(n) => n.name}
                  hrefOf={(n) => pathTo.node(n.id)}
                  defaultSort="name"
                  actionsOf={(node) => [
                    { label: 'Edit', icon: <Pencil />, onSelect: () => setPanel(`node:${node.id}`) },
                    {
                      label: node.accepting ? 'Drain: accept nothing new' : 'Accept again',
                      icon: <Server />,
                      onSelect: () => actions.setAccepting(node, !node.accepting),
                    },
                    null,
                    { label: 'Remove', icon: <Trash2 />, danger: true, onSelect: () => actions.remove(node) },
                  ]}
                  empty={null}
                />
              </Section>
              <LinkTable
                links={links.data}
                onAdd={() => setPanel('new-link')}
                onEdit={(id) => setPanel(`link:${id}`)}
              />
            </>
          )}
        </Page>
        {panel === 'new-node' && <NodePanel onClose={close} />}
        {panelKind === 'node' && editedNode && <NodePanel key={editedNode.id} node={editedNode} onClose={close} />}
        {panel === 'new-link' && nodes.data && <LinkPanel nodes={nodes.data} onClose={close} />}
        {panelKind === 'link' && editedLink && nodes.data && (
          <LinkPanel key={editedLink.id} nodes={nodes.data} link={editedLink} onClose={close} />
        )}
        {actions.dialog}
      </div>
    </>
  )
}
