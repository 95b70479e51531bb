'use client'
import { ChevronRight, Menu as MenuIcon, Search } from 'lucide-react'
import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import { IconButton } from '../components/button'
import { Keys } from '../components/keys'
import { AccountMenu } from './account-menu'
import { useFrame } from './frame-context'
import { NoticesMenu } from './notices-menu'
import { ProjectSwitcher } from './project-switcher'

export interface Crumb {
  label: ReactNode
  /** None: where one is. */
  href?: string
}

interface TopBarProps {
  crumbs: readonly Crumb[]
  /** The project that the page is about; it is in the URL of the page or follows from what is shown. */
  project?: string | null
}

/** Where one is, and what is everywhere at hand. */
export function TopBar({ crumbs, project }: TopBarProps) {
  const { setRailOpen, setPaletteOpen } = useFrame()
  return (
    <header className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-page pr-2 pl-1 md:pl-2">
      <IconButton label="Open the rail" className="md:hidden" onClick={() => setRailOpen(true)}>
        <MenuIcon />
      </IconButton>
      <ProjectSwitcher slug={project ?? null} />
      <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
        <ol className="flex min-w-0 items-center gap-1 text-sm">
          {crumbs.map((crumb, i) => {
            const last = i === crumbs.length - 1
            return (
              <Fragment key={crumb.href ?? `here-${i}`}>
                <li aria-hidden className="text-faint">
                  <ChevronRight className="size-3.5" />
                </li>
                <li className={last ? 'min-w-0 truncate' : 'hidden shrink-0 sm:block'}>
                  {crumb.href && !last ? (
                    <Link href={crumb.href} className="rounded-sm px-1 text-muted hover:text-ink">
                      {crumb.label}
                    </Link>
                  ) : (
                    <span aria-current="page" className="px-1 font-medium">
                      {crumb.label}
                    </span>
                  )}
                </li>
              </Fragment>
            )
          })}
        </ol>
      </nav>
      <button
        type="button"
        onClick={() => setPaletteOpen(true)}
        className="flex h-7 items-center gap-2 rounded-md border border-line px-2 text-faint text-sm hover:bg-hover hover:text-ink"
      >
        <Search className="size-3.5" aria-hidden />
        <span className="sr-only lg:not-sr-only">Search or do</span>
        <span className="hidden lg:block" aria-hidden>
          <Keys keys="Mod+K" />
        </span>
      </button>
      <NoticesMenu />
      <AccountMenu />
    </header>
  )
}
