'use client'
import { useNow } from '../browser/time'
import type { Column } from '../components/data-table'
import { amount } from '../components/meter'
import { StatePill } from '../components/state-pill'
import { Ago, WindowTime } from '../components/when'
import type { ApiOutput } from '../server/routers/types'

export type ApprovalRow = ApiOutput['approvals']['list'][number]

function Window({ row }: { row: ApprovalRow }) {
  const now = useNow(row.requestedAt)
  return (
    <span className={row.endsAt < now ? 'text-failed' : ''}>
      <WindowTime from={row.startsAt} until={row.endsAt} />
      {row.endsAt < now && ' (over)'}
    </span>
  )
}

export const approvalColumns = (kind: 'waiting' | 'decided'): Column<ApprovalRow>[] => [
  {
    key: 'slice',
    title: 'Slice',
    fixed: true,
    sort: (r) => r.slice.name,
    text: (r) => r.slice.name,
    cell: (r) => <span className="font-medium">{r.slice.name}</span>,
  },
  {
    key: 'who',
    title: 'Who',
    sort: (r) => r.requester.name,
    text: (r) => `${r.requester.name} ${r.requester.email}`,
    cell: (r) => r.requester.name,
  },
  {
    key: 'project',
    title: 'Project',
    desk: true,
    sort: (r) => r.project.name,
    text: (r) => r.project.name,
    cell: (r) => <span className="text-muted">{r.project.name}</span>,
  },
  { key: 'window', title: 'Window', desk: true, sort: (r) => r.startsAt, cell: (r) => <Window row={r} /> },
  { key: 'hosts', title: 'Hosts', number: true, desk: true, sort: (r) => r.hosts, cell: (r) => r.hosts },
  {
    key: 'cpu',
    title: 'CPU',
    number: true,
    desk: true,
    sort: (r) => r.cpuPercent,
    cell: (r) => amount(r.cpuPercent, '%'),
  },
  {
    key: 'links',
    title: 'Links',
    number: true,
    desk: true,
    sort: (r) => r.linkMbps,
    cell: (r) => amount(r.linkMbps, 'Mbit/s'),
  },
  ...(kind === 'waiting'
    ? [
        {
          key: 'asked',
          title: 'Asked',
          sort: (r: ApprovalRow) => r.requestedAt,
          cell: (r: ApprovalRow) => (
            <span className="text-muted whitespace-nowrap">
              <Ago at={r.requestedAt} />
            </span>
          ),
        },
      ]
    : [
        { key: 'state', title: 'Now', cell: (r: ApprovalRow) => <StatePill state={r.state} /> },
        {
          key: 'decided',
          title: 'Decided',
          sort: (r: ApprovalRow) => r.decidedAt,
          cell: (r: ApprovalRow) => (
            <span className="text-muted whitespace-nowrap">
              {r.decidedAt && <Ago at={r.decidedAt} />} by {r.decider}
            </span>
          ),
        },
      ]),
]
