'use client'
import { checkNeeds, type ImageNeeds, needsInWords } from '@myvini/core/images/needs'
import type { HostPatch } from '@myvini/core/topology/edit'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { useWorkspace } from '../workspace-context'

const HOST_USR = 'host-usr'

interface ImageFieldProps {
  host: VirtualHost
  onChange: (patch: HostPatch) => void
  disabled: boolean
}

/** What comes with an image that needs more than the host has; what a person gave it beyond that stays. */
const withRoom = (host: VirtualHost, image: string, needs: ImageNeeds | undefined): HostPatch => ({
  image,
  ...(needs && {
    memoryMib: Math.max(host.memoryMib, needs.memoryMib),
    diskMib: Math.max(host.diskMib, needs.diskMib),
    processes: Math.max(host.processes, needs.processes),
  }),
})

/** What a container starts from. Versions are chosen whole: a newer one later does not change this drawing. */
export function ImageField({ host, onChange, disabled }: ImageFieldProps) {
  const { image } = host
  const trpc = useTRPC()
  const { slice } = useWorkspace()
  const choices = useQuery(trpc.images.choices.queryOptions({ sliceId: slice.id }))
  const known = image === HOST_USR || choices.data?.some((c) => c.label === image || c.name === image)
  // A name without a version is that of the newest, which comes first.
  const chosen = choices.data?.find((c) => c.label === image || c.name === image)
  const tooLittle = chosen ? checkNeeds(host, image, chosen.needs) : null
  return (
    <Field
      label="Image"
      help={
        image === HOST_USR
          ? 'The programs of the node, read-only, with FRR and BIRD.'
          : [chosen?.description, chosen && needsInWords(chosen.needs)].filter(Boolean).join(' ')
      }
      error={
        choices.isSuccess && !known
          ? 'There is no such image. Choose another.'
          : tooLittle && `${tooLittle.message} ${tooLittle.hint}`
      }
    >
      {(control) => (
        <Select
          {...control}
          value={image}
          disabled={disabled}
          onChange={(e) =>
            onChange(withRoom(host, e.target.value, choices.data?.find((c) => c.label === e.target.value)?.needs))
          }
        >
          <option value={HOST_USR}>The node’s programs</option>
          {image !== HOST_USR && !choices.data?.some((c) => c.label === image) && (
            <option value={image}>{image}</option>
          )}
          {(choices.data ?? []).map((c) => (
            <option key={c.label} value={c.label}>
              {c.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
