'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Save } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../../browser/problem'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { Field } from '../../components/field'
import { Input } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { SidePanel } from '../../components/side-panel'
import { tell } from '../../components/toast'
import { pathTo } from '../../paths'
import { useShown, useWorkspace } from '../workspace-context'

/** The drawing that runs, and what its containers have on their disks, kept to start other slices of the project from. */
export function SaveSlicePanel({ onClose }: { onClose: () => void }) {
  const { slice } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const router = useRouter()
  const [name, setName] = useState(slice.name)
  const containers = topology.hosts.filter((h) => h.class === 'vserver' && h.kind !== 'gateway')
  const others = topology.hosts.length - containers.length
  const save = useMutation(
    trpc.savedSlices.save.mutationOptions({
      meta: { told: true },
      onSuccess: ({ hosts }) => {
        void queryClient.invalidateQueries(trpc.savedSlices.pathFilter())
        tell(`${name} is being saved`, { description: `${hosts} hosts; how far it is stands under Templates.` })
        onClose()
        router.push(`${pathTo.templates()}#saved`)
      },
    }),
  )
  const problem = save.error ? problemOf(save.error) : null
  return (
    <SidePanel title="Save with its hosts’ files" onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ sliceId: slice.id, name: name.trim() })
        }}
      >
        {problem && !isAtField(problem, ['name']) && <ProblemNote problem={problem} />}
        <p className="text-muted text-sm">
          What runs now is kept as it is drawn, with what {containers.length}{' '}
          {containers.length === 1 ? 'container has' : 'containers have'} on their disks. The slice runs on meanwhile.
          {others > 0 && ` The other ${others} have no files of their own.`}
        </p>
        <Field
          label="Name"
          help="New slices of this project can start from it, once all its hosts are saved."
          error={fieldError(problem, 'name')}
        >
          {(control) => (
            <Input {...control} required maxLength={80} value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <div>
          <Button type="submit" icon={<Save />} busy={save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </SidePanel>
  )
}
