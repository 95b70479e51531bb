'use client'
import { useQuery } from '@tanstack/react-query'
import { Bell } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { IconButton } from '../components/button'
import { Failed, Skeleton } from '../components/page-states'
import { Popover } from '../components/popover'
import { type Tone, ToneMark } from '../components/state-pill'
import { tell } from '../components/toast'
import { Ago } from '../components/when'
import { pathTo } from '../paths'
import { usePerson } from './frame-context'

const TONE: Record<string, Tone> = {
  approved: 'running',
  moved: 'changing',
  hurt: 'failed',
  degraded: 'failed',
  denied: 'failed',
  failed: 'failed',
}
const INK: Record<Tone, string> = {
  running: 'text-running',
  changing: 'text-changing-line',
  failed: 'text-failed',
  waiting: 'text-waiting',
  neutral: 'text-faint',
}

const keyOf = (personId: string) => `myvini.notices-read.${personId}`

/** The newest notice that this browser has shown; kept here, as each device is read by itself. */
function useRead(personId: string) {
  const [read, setRead] = useState(0)
  useEffect(() => setRead(Number(localStorage.getItem(keyOf(personId))) || 0), [personId])
  const mark = (id: number) => {
    setRead(id)
    localStorage.setItem(keyOf(personId), String(id))
  }
  return [read, mark] as const
}

/** What happened to one's slices, wherever one is: what is new is counted, and told as it comes. */
export function NoticesMenu() {
  const trpc = useTRPC()
  const person = usePerson()
  const notices = useQuery(trpc.notices.list.queryOptions())
  const [read, mark] = useRead(person.id)
  const [open, setOpen] = useState(false)
  const here = usePathname()
  const newest = Number(notices.data?.[0]?.id ?? 0)
  const unread = notices.data?.filter((n) => Number(n.id) > read).length ?? 0

  // What was there when the page came is in the list; what comes after is told at once.
  const told = useRef<number | null>(null)
  useEffect(() => {
    if (!notices.data) return
    const before = told.current
    told.current = Math.max(before ?? 0, newest)
    if (before === null) return
    // A slice's own page says it already.
    const elsewhere = notices.data.filter((n) => Number(n.id) > before && here !== pathTo.slice(n.slice.id))
    for (const notice of elsewhere.slice(0, 2)) tell(notice.slice.name, { description: notice.message })
  }, [notices.data, newest, here])

  const show = (next: boolean) => {
    setOpen(next)
    // Read once it has been looked at: while it is open what is new stays marked.
    if (!next && newest > read) mark(newest)
  }
  return (
    <Popover
      label="Notices"
      align="end"
      open={open}
      onOpenChange={show}
      className="!p-0"
      trigger={
        <IconButton label={unread > 0 ? `Notices, ${unread} new` : 'Notices'} className="relative">
          <Bell />
          {unread > 0 && (
            <span aria-hidden className="absolute top-1 right-1 size-2 rounded-full border border-page bg-accent" />
          )}
        </IconButton>
      }
    >
      <div className="flex max-h-[70dvh] w-88 max-w-[calc(100vw-24px)] flex-col text-sm">
        <h2 className="border-b border-line px-3 py-2 font-semibold">Notices</h2>
        {notices.error ? (
          <Failed error={notices.error} retry={() => void notices.refetch()} />
        ) : !notices.data ? (
          <Skeleton className="m-3 h-16" />
        ) : notices.data.length === 0 ? (
          <p className="p-4 text-muted">
            Nothing yet. When a booking is decided, or a server fails that carries a part of one of your slices, it is
            told here.
          </p>
        ) : (
          <ul className="min-h-0 overflow-y-auto py-1">
            {notices.data.map((notice) => {
              const tone = TONE[notice.kind] ?? 'neutral'
              return (
                <li key={notice.id}>
                  <Link
                    href={pathTo.slice(notice.slice.id)}
                    onClick={() => show(false)}
                    className="flex gap-2 px-3 py-2 hover:bg-hover focus-visible:outline-offset-[-2px]"
                  >
                    <span className={`mt-1 ${INK[tone]}`}>
                      <ToneMark tone={tone} />
                    </span>
                    <span className="min-w-0 flex-1">
                      <span className="flex justify-between gap-2">
                        <span className="truncate font-medium">
                          {notice.slice.name}
                          {Number(notice.id) > read && <span className="sr-only">, new</span>}
                        </span>
                        <span className="shrink-0 text-faint text-xs">
                          <Ago at={notice.at} />
                        </span>
                      </span>
                      <span className={Number(notice.id) > read ? 'text-ink' : 'text-muted'}>{notice.message}</span>
                    </span>
                  </Link>
                </li>
              )
            })}
          </ul>
        )}
      </div>
    </Popover>
  )
}
