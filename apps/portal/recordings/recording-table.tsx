'use client'
import { Download } from 'lucide-react'
import Link from 'next/link'
import { DataTable } from '../components/data-table'
import { Empty } from '../components/page-states'
import { ShortTime } from '../components/when'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { clockWords } from './clock-words'

export type Recording = ApiOutput['recordings']['ofLab']['recordings'][number]

export function RecordingTable({ recordings, whose }: { recordings: readonly Recording[]; whose: boolean }) {
  return (
    <DataTable
      name="recordings"
      rows={recordings}
      idOf={(r) => r.id}
      labelOf={(r) => `${r.hostName} of ${r.user.name}`}
      defaultSort="-started"
      columns={[
        {
          key: 'started',
          title: 'Begun',
          fixed: true,
          sort: (r) => r.startedAt,
          cell: (r) => (
            <Link href={pathTo.recording(r.id)} className="rounded-sm font-medium hover:underline">
              <ShortTime at={r.startedAt} />
            </Link>
          ),
        },
        ...(whose
          ? [
              {
                key: 'who',
                title: 'Who',
                sort: (r: Recording) => r.user.name,
                text: (r: Recording) => `${r.user.name} ${r.user.email}`,
                cell: (r: Recording) => r.user.name,
              },
              {
                key: 'slice',
                title: 'Slice',
                desk: true,
                sort: (r: Recording) => r.slice.name,
                text: (r: Recording) => r.slice.name,
                cell: (r: Recording) => r.slice.name,
              },
            ]
          : []),
        {
          key: 'host',
          title: 'Host',
          sort: (r) => r.hostName,
          text: (r) => r.hostName,
          cell: (r) => <span className="font-mono">{r.hostName}</span>,
        },
        {
          key: 'long',
          title: 'Long',
          number: true,
          sort: (r) => r.durationMs,
          cell: (r) => clockWords(r.durationMs),
        },
        {
          key: 'size',
          title: 'Size',
          number: true,
          desk: true,
          sort: (r) => r.bytes,
          cell: (r) => `${Math.ceil(r.bytes / 1024)} KiB${r.cut ? ', cut off' : ''}`,
        },
        {
          key: 'file',
          title: 'File',
          desk: true,
          cell: (r) => (
            <a
              href={`/api/recordings/${r.id}`}
              download
              className="inline-flex min-h-6 items-center gap-1 hover:underline [&_svg]:size-3.5"
              aria-label={`Download the recording of ${r.hostName} of ${r.user.name}`}
            >
              <Download aria-hidden /> .cast
            </a>
          ),
        },
      ]}
      empty={<Empty title="Nothing is recorded yet">Terminals that are opened from now on appear here.</Empty>}
    />
  )
}
