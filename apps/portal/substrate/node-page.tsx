'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { CopyButton } from '../components/copy-button'
import { DataTable } from '../components/data-table'
import { amount, Meter } from '../components/meter'
import { Banner } from '../components/notices'
import { Page, Section } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { Pill } from '../components/state-pill'
import { Switch } from '../components/toggles'
import { Ago } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { DriftTable } from './drift-table'
import { LinkPanel } from './link-panel'
import { LinkTable } from './link-table'
import type { NodeRow } from './node-columns'
import { NodePill } from './node-health'
import { NodePanel } from './node-panel'
import { SubstrateMap } from './substrate-map'
import { useNodeActions } from './use-node-actions'

const SLIVER_TONE = { pending: 'changing', up: 'running', failed: 'failed', gone: 'neutral' } as const
const SLIVER_WORD = { pending: 'Changing', up: 'Up', failed: 'Failed', gone: 'Gone' } as const

function Slivers({ nodeId }: { nodeId: string }) {
  const trpc = useTRPC()
  const slivers = useQuery(trpc.nodes.slivers.queryOptions({ nodeId }))
  if (slivers.error) return <Failed error={slivers.error} retry={() => void slivers.refetch()} />
  return (
    <DataTable
      name="slivers"
      scope="slivers"
      rows={slivers.data}
      idOf={(s) => s.sliceId}
      labelOf={(s) => s.slice}
      hrefOf={(s) => pathTo.slice(s.sliceId)}
      defaultSort="slice"
      columns={[
        {
          key: 'slice',
          title: 'Slice',
          fixed: true,
          sort: (s) => s.slice,
          text: (s) => s.slice,
          cell: (s) => (
            <Link href={pathTo.slice(s.sliceId)} className="rounded-sm font-medium hover:underline">
              {s.slice}
            </Link>
          ),
        },
        {
          key: 'state',
          title: 'Here',
          sort: (s) => s.state,
          cell: (s) => <Pill tone={SLIVER_TONE[s.state]}>{SLIVER_WORD[s.state]}</Pill>,
        },
        {
          key: 'project',
          title: 'Project',
          desk: true,
          sort: (s) => s.project,
          text: (s) => s.project,
          cell: (s) => s.project,
        },
        { key: 'owner', title: 'Owner', desk: true, sort: (s) => s.owner, text: (s) => s.owner, cell: (s) => s.owner },
        { key: 'hosts', title: 'Hosts', number: true, sort: (s) => s.hosts, cell: (s) => s.hosts },
        { key: 'links', title: 'Links', number: true, desk: true, sort: (s) => s.links, cell: (s) => s.links },
        { key: 'until', title: 'Until', sort: (s) => s.endsAt, cell: (s) => <Ago at={s.endsAt} /> },
      ]}
      empty={<p className="text-muted text-sm">No slice has a part of it here.</p>}
    />
  )
}

/** What it says it has, beside what is lent of it. */
function diskThere({ diskMib, diskThereMib }: NodeRow): React.ReactNode {
  if (diskThereMib === null) return '–'
  const there = `${amount(diskThereMib, 'MiB')} for virtual hosts`
  return diskMib > diskThereMib ? (
    <span key="d" className="text-changing">
      {there}, less than is lent
    </span>
  ) : (
    there
  )
}

function Facts({ node }: { node: NodeRow }) {
  const rows: [string, React.ReactNode][] = [
    ['Site', node.site],
    ['Address', <span key="a" className="font-mono">{`${node.sshUser}@${node.sshHost}:${node.sshPort}`}</span>],
    [
      'Host key',
      node.hostKeyFingerprint ? (
        <span key="k" className="flex items-center gap-1">
          <span className="truncate font-mono text-xs">{node.hostKeyFingerprint}</span>
          <CopyButton text={node.hostKeyFingerprint} what="the fingerprint" />
        </span>
      ) : (
        'none, it is simulated'
      ),
    ],
    ['Kernel', node.kernel ?? '–'],
    ['Agent', node.agentVersion ?? '–'],
    ['Last seen', node.lastSeenAt ? <Ago key="s" at={node.lastSeenAt} /> : 'never'],
    ['Disk', diskThere(node)],
    ['Can do', node.capabilities.length > 0 ? node.capabilities.join(', ') : '–'],
  ]
  return (
    <dl className="grid grid-cols-[96px_1fr] gap-x-4 gap-y-1.5 text-sm">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Capacity({ node }: { node: NodeRow }) {
  return (
    <div className="flex flex-col gap-3">
      <Meter label="CPU promised" used={node.used.cpuMilli / 10} of={node.cpuMilli / 10} unit="%" />
      <Meter label="Memory promised" used={node.used.memoryMib} of={node.memoryMib} unit="MiB" />
      <Meter label="Disk promised" used={node.used.diskMib} of={node.diskMib} unit="MiB" />
      <Meter label="Virtual hosts" used={node.used.hostSlots} of={node.hostSlots} unit="hosts" />
      {node.load && (
        <>
          <Meter label="CPU in use, as measured" used={node.load.cpuMilli / 10} of={node.cpuMilli / 10} unit="%" />
          <Meter label="Memory in use, as measured" used={node.load.memoryUsedMib} of={node.memoryMib} unit="MiB" />
        </>
      )}
    </div>
  )
}

export function NodePage({ nodeId }: { nodeId: string }) {
  const trpc = useTRPC()
  const nodes = useQuery(trpc.nodes.list.queryOptions())
  const links = useQuery(trpc.nodes.links.queryOptions())
  const actions = useNodeActions()
  const [panel, setPanel] = useUrlState('panel', '', 'push')
  const node = nodes.data?.find((n) => n.id === nodeId)
  const mine = links.data?.filter((l) => l.a.id === nodeId || l.b.id === nodeId)
  const editedLink = mine?.find((l) => `link:${l.id}` === panel)
  const close = () => setPanel('')
  return (
    <>
      <TopBar crumbs={[{ label: 'Substrate', href: pathTo.substrate() }, { label: node?.name ?? 'Node' }]} />
      {nodes.error ? (
        <Failed error={nodes.error} retry={() => void nodes.refetch()} />
      ) : !nodes.data ? (
        <Skeleton className="m-6 h-96" />
      ) : !node ? (
        <Empty title="There is no such node">It may have been removed.</Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <Page
            title={
              <span className="flex items-center gap-3">
                <span className="font-mono">{node.name}</span> <NodePill node={node} />
              </span>
            }
            actions={
              <>
                <span className="flex items-center pr-2">
                  <Switch
                    visible
                    label="Accepts new slices"
                    checked={node.accepting}
                    onChange={(accepting) => actions.setAccepting(node, accepting)}
                  />
                </span>
                <Button icon={<Pencil />} onClick={() => setPanel('edit')}>
                  Edit
                </Button>
                <Button icon={<Trash2 />} variant="danger" onClick={() => actions.remove(node)}>
                  Remove
                </Button>
              </>
            }
          >
            {node.healthReason && node.health !== 'healthy' && (
              <div className="mb-4 overflow-hidden rounded-md">
                <Banner tone="failed">
                  {node.healthReason} <Ago at={node.healthSince} />. The controller tries again by itself.
                </Banner>
              </div>
            )}
            {node.refusal && (
              <div className="mb-4 overflow-hidden rounded-md">
                <Banner tone="failed">
                  <strong className="font-medium">It refused its newest plan.</strong> {node.refusal.message}{' '}
                  {node.refusal.hint} <span className="font-mono text-xs">{node.refusal.code}</span>
                </Banner>
              </div>
            )}
            <div className="mb-6 grid gap-8 lg:grid-cols-2">
              <Facts node={node} />
              <Capacity node={node} />
            </div>
            {links.data && <SubstrateMap nodes={nodes.data} links={links.data} here={node.id} />}
            <Section title="What runs here">
              <Slivers nodeId={node.id} />
            </Section>
            <Section title="Found wrong, and put right">
              <DriftTable nodeId={node.id} />
            </Section>
            <LinkTable links={mine} onEdit={(id) => setPanel(`link:${id}`)} />
          </Page>
          {panel === 'edit' && <NodePanel node={node} onClose={close} />}
          {editedLink && <LinkPanel key={editedLink.id} nodes={nodes.data} link={editedLink} onClose={close} />}
          {actions.dialog}
        </div>
      )}
    </>
  )
}
