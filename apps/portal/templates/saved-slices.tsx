'use client'
// Slices of a project that were kept with their hosts' files: how far each is, how much they take, and starting from one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useTRPC } from '../browser/trpc'
import { Button, IconButton } from '../components/button'
import { Meter } from '../components/meter'
import { Section } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { tell } from '../components/toast'
import { TopologyPicture } from '../components/topology-picture'
import { Ago } from '../components/when'
import type { ApiOutput } from '../server/routers/types'
import type { useCreateSlice } from '../slices/use-create-slice'

type Saved = ApiOutput['savedSlices']['list']['slices'][number]

/** While one is being saved. */
const ASK_MS = 2000
const MIB = 1024 ** 2
const mib = (bytes: number) => `${Math.max(1, Math.round(bytes / MIB)).toLocaleString('en')} MiB`

function Standing({ saved }: { saved: Saved }) {
  const { state, hosts, hostsReady, progress, problem } = saved
  if (state === 'failed')
    return (
      <p className="text-failed text-sm">
        {problem?.message} <span className="text-muted">{problem?.hint}</span>
      </p>
    )
  if (state === 'ready')
    return (
      <p className="text-muted text-sm">
        {saved.description} {mib(saved.packedBytes)}, <Ago at={saved.createdAt} />.
      </p>
    )
  return (
    <div role="status" className="flex flex-col gap-1 text-changing text-sm">
      <span aria-hidden className="h-1.5 w-full overflow-hidden rounded-full bg-sunken">
        <span
          className="block h-full bg-changing-line"
          style={{ width: `${(hostsReady / Math.max(1, hosts)) * 100}%` }}
        />
      </span>
      {hostsReady} of {hosts} hosts saved
      <span className="truncate text-muted text-xs" title={progress.join('\n')}>
        {progress[0]}
        {progress.length > 1 && ` and ${progress.length - 1} more`}
      </span>
    </div>
  )
}

interface SavedCardProps {
  saved: Saved
  projectId: string
  create: ReturnType<typeof useCreateSlice>
}

function SavedCard({ saved, projectId, create }: SavedCardProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const remove = useMutation(
    trpc.savedSlices.remove.mutationOptions({
      onSuccess: () => {
        tell(saved.state === 'saving' ? `${saved.name} is no longer saved` : `${saved.name} is deleted`)
        void queryClient.invalidateQueries(trpc.savedSlices.pathFilter())
      },
    }),
  )
  return (
    <li className="flex flex-col rounded-lg border border-line">
      <TopologyPicture topology={saved.topology} className="w-full rounded-t-lg border-b border-line bg-canvas" />
      <div className="flex flex-1 flex-col gap-1 p-3">
        <h3 className="font-semibold text-base">{saved.name}</h3>
        <div className="flex-1">
          <Standing saved={saved} />
        </div>
        <div className="mt-2 flex items-center justify-end gap-1">
          <IconButton
            label={saved.state === 'saving' ? `Give up saving ${saved.name}` : `Delete ${saved.name}`}
            disabled={remove.isPending}
            onClick={() => remove.mutate({ projectId, id: saved.id })}
          >
            <Trash2 />
          </IconButton>
          {saved.state === 'ready' && (
            <Button
              size="small"
              aria-label={`Use ${saved.name}`}
              disabled={create.isPending}
              busy={create.isPending && create.variables.saved === saved.id}
              onClick={() => create.mutate({ projectId, saved: saved.id })}
            >
              Use
            </Button>
          )}
        </div>
      </div>
    </li>
  )
}

interface SavedSlicesProps {
  project: { id: string; name: string }
  create: ReturnType<typeof useCreateSlice>
}

export function SavedSlices({ project, create }: SavedSlicesProps) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(
    trpc.savedSlices.list.queryOptions(
      { projectId: project.id },
      { refetchInterval: ({ state }) => (state.data?.slices.some((s) => s.state === 'saving') ? ASK_MS : false) },
    ),
  )
  return (
    <div id="saved" className="mt-8 scroll-mt-4">
      <Section
        title={`Saved in ${project.name}`}
        about="Slices kept with what their hosts had on their disks. In a new slice each of those hosts starts from it."
      >
        {error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Skeleton className="h-40" />
        ) : data.slices.length === 0 ? (
          <p className="text-muted text-sm">
            None yet. While a slice with containers runs, its menu has “Save with its hosts’ files”.
          </p>
        ) : (
          <>
            <div className="mb-3 max-w-sm">
              <Meter
                label="Taken of the project’s room"
                used={Math.round(data.usedBytes / MIB)}
                of={Math.round(data.mostBytes / MIB)}
                unit="MiB"
              />
            </div>
            <ul className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-4">
              {data.slices.map((saved) => (
                <SavedCard key={saved.id} saved={saved} projectId={project.id} create={create} />
              ))}
            </ul>
          </>
        )}
      </Section>
    </div>
  )
}
