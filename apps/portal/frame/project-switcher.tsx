'use client'
import { useQuery } from '@tanstack/react-query'
import { ChevronsUpDown, FolderClosed, Plus, Settings } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../browser/trpc'
import { Menu, type MenuEntries } from '../components/menu'
import { pathTo } from '../paths'

/** Which project is looked at: a filter of the slices, and the project of the slice that is open. */
export function ProjectSwitcher({ slug }: { slug: string | null }) {
  const trpc = useTRPC()
  const router = useRouter()
  const projects = useQuery(trpc.projects.mine.queryOptions())
  const list = projects.data ?? []
  const current = list.find((p) => p.slug === slug)
  const manageable = current && current.role !== 'student' && current.courseId === null ? current : null
  const entries: MenuEntries = [
    { label: 'All projects', checked: slug === null, onSelect: () => router.push(pathTo.slices()) },
    ...list.map((project) => ({
      label: project.name,
      checked: project.slug === slug,
      onSelect: () => router.push(pathTo.slices({ project: project.slug })),
    })),
    null,
    ...(manageable
      ? [
          {
            label: `People and name of ${manageable.name}`,
            icon: <Settings />,
            onSelect: () => router.push(pathTo.project(manageable.slug)),
          },
        ]
      : []),
    { label: 'New project', icon: <Plus />, onSelect: () => router.push(pathTo.newProject()) },
  ]
  return (
    <Menu
      entries={entries}
      trigger={
        <button
          type="button"
          aria-label={`Project: ${current?.name ?? 'All projects'}`}
          className="flex h-7 min-w-0 max-w-52 items-center gap-1.5 rounded-md px-2 text-sm hover:bg-hover"
        >
          <FolderClosed className="size-4 shrink-0 text-faint" aria-hidden />
          <span className="hidden truncate sm:block">{current?.name ?? 'All projects'}</span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden />
        </button>
      }
    />
  )
}
