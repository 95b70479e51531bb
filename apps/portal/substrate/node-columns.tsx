'use client'
import Link from 'next/link'
import type { Column } from '../components/data-table'
import { Meter } from '../components/meter'
import { Switch } from '../components/toggles'
import { Ago } from '../components/when'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { NodePill, nodeWord } from './node-health'
import type { NodeActions } from './use-node-actions'

export type NodeRow = ApiOutput['nodes']['list'][number]

const faint = (text: string | null) => text ?? <span className="text-faint">–</span>

export const nodeColumns = (actions: NodeActions): Column<NodeRow>[] => [
  {
    key: 'name',
    title: 'Name',
    fixed: true,
    sort: (n) => n.name,
    text: (n) => `${n.name} ${n.sshHost}`,
    cell: (n) => (
      <Link href={pathTo.node(n.id)} className="rounded-sm font-medium font-mono hover:underline">
        {n.name}
      </Link>
    ),
  },
  {
    key: 'health',
    title: 'Health',
    sort: (n) => nodeWord(n),
    text: (n) => nodeWord(n),
    cell: (n) => (
      <span title={n.healthReason ?? undefined}>
        <NodePill node={n} />
      </span>
    ),
  },
  { key: 'site', title: 'Site', desk: true, sort: (n) => n.site, text: (n) => n.site, cell: (n) => n.site },
  {
    key: 'cpu',
    title: 'CPU promised',
    desk: true,
    sort: (n) => n.used.cpuMilli / n.cpuMilli,
    cell: (n) => (
      <span className="block w-28">
        <Meter label="CPU promised" bare used={n.used.cpuMilli / 10} of={n.cpuMilli / 10} unit="%" />
      </span>
    ),
  },
  {
    key: 'memory',
    title: 'Memory promised',
    desk: true,
    sort: (n) => n.used.memoryMib / n.memoryMib,
    cell: (n) => (
      <span className="block w-28">
        <Meter label="Memory promised" bare used={n.used.memoryMib} of={n.memoryMib} unit="MiB" />
      </span>
    ),
  },
  {
    key: 'disk',
    title: 'Disk promised',
    desk: true,
    sort: (n) => n.used.diskMib / Math.max(1, n.diskMib),
    cell: (n) => (
      <span className="block w-28">
        <Meter label="Disk promised" bare used={n.used.diskMib} of={n.diskMib} unit="MiB" />
      </span>
    ),
  },
  {
    key: 'hosts',
    title: 'Hosts',
    number: true,
    desk: true,
    sort: (n) => n.used.hostSlots,
    cell: (n) => `${n.used.hostSlots} of ${n.hostSlots}`,
  },
  {
    key: 'load',
    title: 'CPU in use',
    number: true,
    desk: true,
    sort: (n) => n.load?.cpuMilli ?? null,
    cell: (n) => (n.load ? `${Math.round(n.load.cpuMilli / 10)} %` : faint(null)),
  },
  {
    key: 'seen',
    title: 'Seen',
    desk: true,
    sort: (n) => n.lastSeenAt,
    cell: (n) => (n.lastSeenAt ? <Ago at={n.lastSeenAt} /> : faint('never')),
  },
  { key: 'kernel', title: 'Kernel', desk: true, extra: true, sort: (n) => n.kernel, cell: (n) => faint(n.kernel) },
  {
    key: 'agent',
    title: 'Agent',
    desk: true,
    extra: true,
    sort: (n) => n.agentVersion,
    cell: (n) => faint(n.agentVersion),
  },
  {
    key: 'accepting',
    title: 'Accepts',
    sort: (n) => Number(n.accepting),
    cell: (n) => (
      <Switch
        label={`${n.name} accepts new slices`}
        checked={n.accepting}
        onChange={(accepting) => actions.setAccepting(n, accepting)}
      />
    ),
  },
]
