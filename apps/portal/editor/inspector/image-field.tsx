'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { useWorkspace } from '../workspace-context'

const HOST_USR = 'host-usr'

/** What a container starts from. Versions are chosen whole: a newer one later does not change this drawing. */
export function ImageField(props: { value: string; onChange: (image: string) => void; disabled: boolean }) {
  const trpc = useTRPC()
  const { slice } = useWorkspace()
  const choices = useQuery(trpc.images.choices.queryOptions({ sliceId: slice.id }))
  const known = props.value === HOST_USR || choices.data?.some((c) => c.label === props.value || c.name === props.value)
  const chosen = choices.data?.find((c) => c.label === props.value)
  return (
    <Field
      label="Image"
      help={props.value === HOST_USR ? 'The programs of the node, read-only, with FRR and BIRD.' : chosen?.description}
      error={choices.isSuccess && !known ? 'There is no such image. Choose another.' : null}
    >
      {(control) => (
        <Select
          {...control}
          value={props.value}
          disabled={props.disabled}
          onChange={(e) => props.onChange(e.target.value)}
        >
          <option value={HOST_USR}>The node’s programs</option>
          {props.value !== HOST_USR && !choices.data?.some((c) => c.label === props.value) && (
            <option value={props.value}>{props.value}</option>
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
