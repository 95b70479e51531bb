'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTRPC } from '../browser/trpc'
import { DataTable } from '../components/data-table'
import { Failed } from '../components/page-states'
import { Ago } from '../components/when'
import { pathTo } from '../paths'

/** What a node found otherwise than it was told to be, newest first: guests at war with their interfaces show up here. */
export function DriftTable({ nodeId }: { nodeId: string }) {
  const trpc = useTRPC()
  const drift = useQuery(trpc.nodes.drift.queryOptions({ nodeId }))
  if (drift.error) return <Failed error={drift.error} retry={() => void drift.refetch()} />
  return (
    <DataTable
      name="findings"
      scope="drift"
      rows={drift.data}
      idOf={(d) => d.id}
      labelOf={(d) => d.message}
      defaultSort="-last"
      columns={[
        {
          key: 'what',
          title: 'What',
          fixed: true,
          sort: (d) => d.message,
          text: (d) => d.message,
          cell: (d) =>
            d.slice && d.subject ? (
              <Link
                href={pathTo.slice(d.slice.id, { focus: `${d.subject.kind}:${d.subject.id}` })}
                className="whitespace-normal rounded-sm hover:underline"
              >
                {d.message}
              </Link>
            ) : (
              <span className="whitespace-normal">{d.message}</span>
            ),
        },
        {
          key: 'slice',
          title: 'Slice',
          desk: true,
          sort: (d) => d.slice?.name ?? '',
          text: (d) => d.slice?.name ?? '',
          cell: (d) =>
            d.slice ? (
              <Link href={pathTo.slice(d.slice.id)} className="rounded-sm hover:underline">
                {d.slice.name}
              </Link>
            ) : (
              '–'
            ),
        },
        { key: 'times', title: 'Times', number: true, sort: (d) => d.times, cell: (d) => d.times },
        { key: 'first', title: 'First', desk: true, sort: (d) => d.firstAt, cell: (d) => <Ago at={d.firstAt} /> },
        { key: 'last', title: 'Last', sort: (d) => d.lastAt, cell: (d) => <Ago at={d.lastAt} /> },
      ]}
      empty={<p className="text-muted text-sm">Nothing was found otherwise than it should be.</p>}
    />
  )
}
