'use client'
import { FlaskConical } from 'lucide-react'
import Link from 'next/link'
import type { Column } from '../components/data-table'
import { RenameInPlace } from '../components/rename-in-place'
import { StatePill } from '../components/state-pill'
import { Ago, WindowTime } from '../components/when'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'

export type SliceRow = ApiOutput['slices']['list'][number]

interface Renaming {
  renaming: string | null
  /** Null: left as it was. */
  onRenamed: (slice: SliceRow, name: string | null) => void
}

export const sliceColumns = ({ renaming, onRenamed }: Renaming): Column<SliceRow>[] => [
  {
    key: 'name',
    title: 'Name',
    fixed: true,
    sort: (s) => s.name,
    text: (s) => s.name,
    cell: (slice) =>
      renaming === slice.id ? (
        <RenameInPlace name={slice.name} label="Name of the slice" onDone={(name) => onRenamed(slice, name)} />
      ) : (
        <span className="flex items-center gap-2">
          <Link href={pathTo.slice(slice.id)} className="rounded-sm font-medium hover:underline">
            {slice.name}
          </Link>
          {slice.lab && (
            <span className="inline-flex items-center gap-1 text-faint text-xs" title={`Lab: ${slice.lab.name}`}>
              <FlaskConical className="size-3.5" aria-hidden />
              <span className="hidden lg:inline">{slice.lab.name}</span>
            </span>
          )}
        </span>
      ),
  },
  {
    key: 'state',
    title: 'State',
    sort: (s) => s.state,
    text: (s) => s.state,
    cell: (s) => <StatePill state={s.state} />,
  },
  {
    key: 'window',
    title: 'Window',
    desk: true,
    sort: (s) => s.startsAt,
    cell: (s) =>
      s.startsAt && s.endsAt && s.state !== 'draft' ? (
        <WindowTime from={s.startsAt} until={s.endsAt} />
      ) : (
        <span className="text-faint">–</span>
      ),
  },
  {
    key: 'project',
    title: 'Project',
    desk: true,
    sort: (s) => s.project.name,
    text: (s) => s.project.name,
    cell: (s) => <span className="text-muted">{s.project.name}</span>,
  },
  {
    key: 'owner',
    title: 'Owner',
    desk: true,
    sort: (s) => s.owner.name,
    text: (s) => s.owner.name,
    cell: (s) => <span className="text-muted">{s.owner.name}</span>,
  },
  { key: 'hosts', title: 'Hosts', number: true, desk: true, sort: (s) => s.hosts, cell: (s) => s.hosts },
  { key: 'links', title: 'Links', number: true, desk: true, sort: (s) => s.links, cell: (s) => s.links },
  { key: 'lans', title: 'LANs', number: true, desk: true, extra: true, sort: (s) => s.lans, cell: (s) => s.lans },
  {
    key: 'saved',
    title: 'Saved',
    desk: true,
    sort: (s) => s.savedAt,
    cell: (s) => (
      <span className="text-muted whitespace-nowrap">
        <Ago at={s.savedAt} />
      </span>
    ),
  },
  {
    key: 'made',
    title: 'Made',
    desk: true,
    extra: true,
    sort: (s) => s.createdAt,
    cell: (s) => (
      <span className="text-muted whitespace-nowrap">
        <Ago at={s.createdAt} />
      </span>
    ),
  },
]
