'use client'
// What a running container has on its disk, kept as an image of the project; and a disk that starts from one of those again.
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Save, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../../browser/problem'
import { useTRPC, useTRPCClient } from '../../browser/trpc'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { Input } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { tell, tellProblem } from '../../components/toast'
import type { ApiOutput } from '../../server/routers/types'
import { useWorkspace } from '../workspace-context'
import { InspectorSection } from './parts'
import { SAVE_NAME } from './save-name'

type Saved = ApiOutput['hosts']['saved'][number]

const isUnderWay = (image: Saved): boolean => image.state === 'working' || image.state === 'queued'
/** While one is being saved; a hint tells of nothing that goes on outside the slice. */
const ASK_MS = 2000

const mib = (bytes: number) => `${Math.max(1, Math.round(bytes / 1024 / 1024))} MiB`

function SavedRow({ image, restore, busy }: { image: Saved; restore: () => void; busy: boolean }) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useMutation(
    trpc.hosts.removeSaved.mutationOptions({
      onSuccess: () => {
        tell(`${image.name}.${image.version} is deleted`)
        void queryClient.invalidateQueries(trpc.hosts.saved.queryFilter())
        void queryClient.invalidateQueries(trpc.images.choices.queryFilter())
      },
    }),
  )
  const what = image.state === 'failed' ? image.problem : isUnderWay(image) ? image.progress || 'Waits' : null
  return (
    <li className="flex flex-col gap-0.5">
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate font-mono text-sm">
          {image.name}.{image.version}
        </span>
        <span className="flex shrink-0 items-center gap-1">
          {image.packedBytes !== null && <span className="text-faint text-xs tabular">{mib(image.packedBytes)}</span>}
          {image.state === 'ready' && (
            <Button size="small" onClick={restore} busy={busy}>
              Restore
            </Button>
          )}
          {slice.mayChange && (
            <IconButton
              label={`Delete ${image.name}.${image.version}`}
              disabled={isPending}
              onClick={() => mutate({ sliceId: slice.id, imageId: image.id })}
            >
              <Trash2 />
            </IconButton>
          )}
        </span>
      </div>
      {what && <p className={image.state === 'failed' ? 'text-failed text-xs' : 'text-muted text-xs'}>{what}</p>}
    </li>
  )
}

export function SavedFiles({ host }: { host: VirtualHost }) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const { data: images } = useQuery(
    trpc.hosts.saved.queryOptions(
      { sliceId: slice.id },
      { refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? ASK_MS : false) },
    ),
  )
  const again = () => {
    void queryClient.invalidateQueries(trpc.hosts.saved.queryFilter())
    void queryClient.invalidateQueries(trpc.images.choices.queryFilter())
  }
  const save = useMutation(
    trpc.hosts.save.mutationOptions({
      meta: { told: true },
      onSuccess: () => {
        setName('')
        again()
      },
    }),
  )
  const restore = useMutation(
    trpc.hosts.restore.mutationOptions({
      onSuccess: () => {
        const back = { sliceId: slice.id, hosts: [host.id], action: 'undo-reset' as const }
        tell(`${host.name} starts from what was saved`, {
          undo: () => void client.hosts.power.mutate(back).catch(tellProblem),
        })
        void queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
      },
    }),
  )
  const problem = save.error ? problemOf(save.error) : null
  return (
    <InspectorSection title="Saved files">
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ sliceId: slice.id, host: host.id, name: name.trim() })
        }}
      >
        {problem && !isAtField(problem, ['name']) && <ProblemNote problem={problem} />}
        <Field
          id={SAVE_NAME}
          label={`Save the files of ${host.name} as`}
          help="An image of this project, to start hosts from."
          error={fieldError(problem, 'name')}
        >
          {(control) => (
            <div className="flex gap-2">
              <Input
                {...control}
                mono
                maxLength={40}
                placeholder="my-router"
                autoComplete="off"
                value={name}
                onChange={(e) => setName(e.target.value)}
              />
              <Button type="submit" icon={<Save />} busy={save.isPending} disabled={name.trim() === ''}>
                Save
              </Button>
            </div>
          )}
        </Field>
      </form>
      {images && images.length > 0 && (
        <ul className="flex flex-col gap-2" aria-label="Saved images of this project">
          {images.map((image) => (
            <SavedRow
              key={image.id}
              image={image}
              busy={restore.isPending && restore.variables.imageId === image.id}
              restore={() => restore.mutate({ sliceId: slice.id, host: host.id, imageId: image.id })}
            />
          ))}
        </ul>
      )}
    </InspectorSection>
  )
}
