'use client'
// What sort of host is it: a network stack alone, or a whole container? With a word on it where the policy has one to say.
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { Field } from '../../components/field'
import { Choice } from '../../components/toggles'
import { useWorkspace } from '../workspace-context'

type Class = VirtualHost['class']

const HELP: Record<Class, string> = {
  netns: 'A network stack of its own; files and programs are the node’s. Starts in no time.',
  vserver: 'A whole container with files, users and limits of its own.',
}

interface ClassFieldProps {
  value: Class
  disabled: boolean
  onChange: (value: Class) => void
}

export function ClassField({ value, disabled, onChange }: ClassFieldProps) {
  const trpc = useTRPC()
  const { slice } = useWorkspace()
  const { data: policy } = useQuery(trpc.reservations.policy.queryOptions({ sliceId: slice.id }))
  const isKept = policy?.netns === false && !disabled
  return (
    <Field
      label="Class"
      group
      help={isKept && value === 'vserver' ? `${HELP.vserver} netns is not open to this project.` : HELP[value]}
      error={
        isKept && value === 'netns' ? 'Class netns is not open to this project: choose vserver, or ask an admin.' : null
      }
    >
      {(control) => (
        <Choice
          id={control.id}
          label="Class"
          disabled={disabled}
          value={value}
          onChange={onChange}
          options={[
            { value: 'netns', label: 'netns' },
            { value: 'vserver', label: 'vserver' },
          ]}
        />
      )}
    </Field>
  )
}
