'use client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { Input, Select } from '../components/input'
import { Page } from '../components/page'
import { Empty, Failed, Skeleton } from '../components/page-states'
import { ShortTime } from '../components/when'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { ACTION_KINDS, actionWords } from './audit-words'

type Entry = ApiOutput['audit']['list']['rows'][number]

/** Whole days in the person's own zone. */
function dayAt(text: string, daysLater = 0): Date | undefined {
  const [year, month, day] = text.split('-').map(Number)
  if (!year || !month || !day) return undefined
  return new Date(year, month - 1, day + daysLater)
}

function Subject({ entry }: { entry: Entry }) {
  const { subject, subjectType, subjectId, detail } = entry
  const name = subject ?? (typeof detail.name === 'string' ? detail.name : null)
  if (name === null) return null
  const href =
    subject === null
      ? null
      : subjectType === 'slice' || subjectType === 'terminal'
        ? pathTo.slice(subjectId)
        : subjectType === 'substrate-node'
          ? pathTo.node(subjectId)
          : subjectType === 'course'
            ? pathTo.course(subjectId)
            : null
  return href ? (
    <Link href={href} className="rounded-sm font-medium hover:underline">
      {name}
    </Link>
  ) : (
    <span className="font-medium">{name}</span>
  )
}

const detailText = ({ detail }: Entry): string =>
  Object.entries(detail)
    .filter(([key, value]) => key !== 'name' && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(' · ')

export function AuditPage() {
  const trpc = useTRPC()
  const [kind, setKind] = useUrlState('action')
  const [actor, setActor] = useUrlState('actor')
  const [from, setFrom] = useUrlState('from')
  const [until, setUntil] = useUrlState('until')
  const people = useQuery(trpc.people.list.queryOptions())
  const start = dayAt(from)
  const end = dayAt(until, 1)
  const log = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      {
        ...(kind !== '' && { action: kind }),
        ...(actor !== '' && { actorId: actor }),
        ...(start && { from: start }),
        ...(end && { until: end }),
      },
      { getNextPageParam: (page) => page.next ?? undefined },
    ),
  )
  const entries = log.data?.pages.flatMap((page) => page.rows)
  const filtered = kind !== '' || actor !== '' || from !== '' || until !== ''
  return (
    <>
      <TopBar crumbs={[{ label: 'Audit log' }]} />
      <Page title="Audit log" about="Who did what. Nothing here can be changed.">
        <div className="mb-3 flex flex-wrap items-end gap-2">
          <Select aria-label="What" className="w-40" value={kind} onChange={(e) => setKind(e.target.value)}>
            {ACTION_KINDS.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </Select>
          <Select aria-label="Who" className="w-52" value={actor} onChange={(e) => setActor(e.target.value)}>
            <option value="">Everyone</option>
            {people.data?.map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </Select>
          <Input
            type="date"
            aria-label="From"
            className="!w-38"
            value={from}
            onChange={(e) => setFrom(e.target.value)}
          />
          <Input
            type="date"
            aria-label="Until"
            className="!w-38"
            value={until}
            onChange={(e) => setUntil(e.target.value)}
          />
          {filtered && (
            <Button
              variant="quiet"
              onClick={() => {
                setKind('')
                setActor('')
                setFrom('')
                setUntil('')
              }}
            >
              Show all
            </Button>
          )}
        </div>
        {log.error ? (
          <Failed error={log.error} retry={() => void log.refetch()} />
        ) : !entries ? (
          <Skeleton className="h-64" />
        ) : entries.length === 0 ? (
          <Empty icon={<ScrollText />} title={filtered ? 'Nothing matches' : 'Nothing has been done yet'}>
            {filtered
              ? 'No entry is of that kind, by that person, in that time.'
              : 'What people do is written down here.'}
          </Empty>
        ) : (
          <>
            <table className="w-full text-sm" aria-label="Audit log">
              <thead>
                <tr className="border-b border-line text-left text-muted text-xs">
                  <th className="w-36 px-2 py-1.5 font-medium">When</th>
                  <th className="px-2 py-1.5 font-medium">What</th>
                  <th className="hidden px-2 py-1.5 font-medium md:table-cell">More</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <tr key={entry.id} className="border-b border-line align-baseline">
                    <td className="px-2 py-1.5 text-muted whitespace-nowrap">
                      <ShortTime at={entry.at} />
                    </td>
                    <td className="px-2 py-1.5">
                      <span className="font-medium">{entry.actor?.name ?? 'The controller'}</span>{' '}
                      {actionWords(entry.action)} <Subject entry={entry} />
                    </td>
                    <td className="hidden px-2 py-1.5 text-faint text-xs md:table-cell">
                      <span className="line-clamp-1" title={detailText(entry)}>
                        {detailText(entry)}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {log.hasNextPage && (
              <div className="mt-3">
                <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                  Show older
                </Button>
              </div>
            )}
          </>
        )}
      </Page>
    </>
  )
}
