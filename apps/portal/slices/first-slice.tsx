'use client'
import { useQuery } from '@tanstack/react-query'
import { Network } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useTRPC } from '../browser/trpc'
import { Empty, Skeleton } from '../components/page-states'
import { pathTo } from '../paths'
import { TemplateCard } from '../templates/template-card'
import { useCreateSlice } from './use-create-slice'

const SHOWN = 3

/** What somebody sees who has no slice yet: what one is, and three networks to start from. */
export function FirstSlice({ projectId, newButton }: { projectId: string | undefined; newButton: ReactNode }) {
  const trpc = useTRPC()
  const templates = useQuery(trpc.templates.list.queryOptions())
  const create = useCreateSlice()
  return (
    <div className="flex flex-col items-center pb-10">
      <Empty icon={<Network />} title="Draw your first network" actions={newButton}>
        A slice is a network of your own: draw hosts, routers and links, book a time for it, and run experiments as root
        on every host.
      </Empty>
      {templates.data?.length !== 0 && (
        <section aria-label="Templates" className="w-full max-w-4xl">
          <div className="mb-2 flex items-baseline justify-between">
            <h2 className="font-medium text-sm">Or start from one of these</h2>
            <Link href={pathTo.templates()} className="text-accent-ink text-sm hover:underline">
              All templates
            </Link>
          </div>
          <ul className="grid grid-cols-[repeat(auto-fit,minmax(240px,1fr))] gap-4">
            {templates.data
              ?.slice(0, SHOWN)
              .map((template) => (
                <TemplateCard key={template.slug} template={template} projectId={projectId} create={create} />
              )) ?? Array.from({ length: SHOWN }, (_, i) => <Skeleton key={i} className="h-64" />)}
          </ul>
        </section>
      )}
    </div>
  )
}
