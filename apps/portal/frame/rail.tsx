'use client'
import { useQuery } from '@tanstack/react-query'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Dialog } from 'radix-ui'
import { useTRPC } from '../browser/trpc'
import { IconButton } from '../components/button'
import { classes } from '../components/classes'
import { Logo } from '../components/logo'
import { Tooltip } from '../components/tooltip'
import { pathTo } from '../paths'
import { useFrame, usePerson } from './frame-context'
import { entriesFor, type RailEntry } from './rail-entries'

function Waiting() {
  const trpc = useTRPC()
  const waiting = useQuery(trpc.approvals.count.queryOptions())
  if (!waiting.data) return null
  return (
    <span className="ml-auto rounded-full bg-accent-soft px-1.5 font-medium text-accent-ink text-xs tabular">
      {waiting.data}
      <span className="sr-only"> waiting</span>
    </span>
  )
}

function Entry({ entry, narrow, onGo }: { entry: RailEntry; narrow: boolean; onGo?: (() => void) | undefined }) {
  const here = usePathname()
  const active = here === entry.href || here.startsWith(`${entry.href}/`)
  const { icon: Icon } = entry
  const link = (
    <Link
      href={entry.href}
      {...(onGo && { onClick: onGo })}
      aria-current={active ? 'page' : undefined}
      aria-label={narrow ? entry.label : undefined}
      className={classes(
        'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors [&_svg]:size-4 [&_svg]:shrink-0',
        active ? 'bg-hover font-medium text-ink' : 'text-muted hover:bg-hover hover:text-ink',
        narrow && 'justify-center',
      )}
    >
      <Icon aria-hidden />
      {!narrow && entry.label}
      {!narrow && entry.href === pathTo.approvals() && <Waiting />}
    </Link>
  )
  return (
    <li>
      {narrow ? (
        <Tooltip text={entry.label} side="right">
          {link}
        </Tooltip>
      ) : (
        link
      )}
    </li>
  )
}

function Entries({ narrow, onGo }: { narrow: boolean; onGo?: () => void }) {
  const entries = entriesFor(usePerson())
  const apart = entries.filter((e) => e.apart)
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col overflow-y-auto p-2">
      <ul className="flex flex-col gap-0.5">
        {entries
          .filter((e) => !e.apart)
          .map((entry) => (
            <Entry key={entry.href} entry={entry} narrow={narrow} onGo={onGo} />
          ))}
      </ul>
      {apart.length > 0 && (
        <>
          {narrow ? (
            <div className="mx-2 my-3 h-px bg-line" />
          ) : (
            <p className="mt-4 mb-1 px-2 font-medium text-faint text-xs">Admin</p>
          )}
          <ul className="flex flex-col gap-0.5">
            {apart.map((entry) => (
              <Entry key={entry.href} entry={entry} narrow={narrow} onGo={onGo} />
            ))}
          </ul>
        </>
      )}
    </nav>
  )
}

/** At the left of a desk's window; on a phone it comes over the page. */
export function Rail() {
  const { railNarrow: narrow, setRailNarrow, railOpen, setRailOpen } = useFrame()
  return (
    <>
      <aside
        className={classes('hidden shrink-0 flex-col border-r border-line bg-panel md:flex', narrow ? 'w-12' : 'w-48')}
      >
        <Link
          href={pathTo.slices()}
          aria-label="MyVINI, to your slices"
          className={classes(
            'flex h-11 shrink-0 items-center gap-2 border-b border-line',
            narrow ? 'justify-center' : 'px-3.5',
          )}
        >
          <Logo className="size-5" />
          {!narrow && <span className="font-semibold tracking-tight">MyVINI</span>}
        </Link>
        <Entries narrow={narrow} />
        <div className="border-t border-line p-2">
          <Tooltip text={narrow ? 'Widen' : 'Narrow'} side="right">
            <IconButton label={narrow ? 'Widen the rail' : 'Narrow the rail'} onClick={() => setRailNarrow(!narrow)}>
              {narrow ? <PanelLeftOpen /> : <PanelLeftClose />}
            </IconButton>
          </Tooltip>
        </div>
      </aside>
      <Dialog.Root open={railOpen} onOpenChange={setRailOpen}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.35)] md:hidden" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col border-r border-line bg-panel md:hidden"
          >
            <Dialog.Title className="flex h-11 items-center gap-2 border-b border-line px-3.5 font-semibold">
              <Logo className="size-5" /> MyVINI
            </Dialog.Title>
            <Entries narrow={false} onGo={() => setRailOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  )
}
