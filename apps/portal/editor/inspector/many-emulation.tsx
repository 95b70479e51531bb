'use client'
// One preset for many links: in the drawing, and at once where they run.
import type { Emulation } from '@myvini/core/topology/emulation'
import { PRESETS, presetOf } from '@myvini/core/topology/emulation-presets'
import type { VirtualLink } from '@myvini/core/topology/topology'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { problemOf } from '../../browser/problem'
import { useTRPC } from '../../browser/trpc'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { useView, useWorkspace } from '../workspace-context'

interface ManyEmulationProps {
  links: readonly VirtualLink[]
  disabled: boolean
  draw: (emulation: Emulation | null) => void
}

export function ManyEmulation({ links, disabled, draw }: ManyEmulationProps) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const status = useView((v) => (v.difference === null ? null : v.status))
  const change = useMutation(trpc.emulation.change.mutationOptions())
  const keys = new Set(links.map((l) => presetOf(l.emulation)?.key ?? 'own'))
  const [only] = keys
  const apply = async (emulation: Emulation | null) => {
    draw(emulation)
    const reservationId = status?.reservation?.id
    if (reservationId === undefined) return
    try {
      for (const link of links)
        if (status?.links[link.id]) await change.mutateAsync({ reservationId, linkId: link.id, emulation })
    } catch {
      // it is shown beside the field: the mutation keeps it
    }
    void queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
  }
  return (
    <Field
      label="Emulation"
      error={change.error ? problemOf(change.error).message : null}
      help={change.isPending ? 'Being set where they run…' : undefined}
    >
      {(control) => (
        <Select
          {...control}
          disabled={disabled || change.isPending}
          value={keys.size === 1 ? only : 'differ'}
          onChange={(e) => {
            const preset = PRESETS.find((p) => p.key === e.target.value)
            if (preset) void apply(preset.emulation)
          }}
        >
          {PRESETS.map((preset) => (
            <option key={preset.key} value={preset.key}>
              {preset.name}
            </option>
          ))}
          {keys.size > 1 && <option value="differ">They differ</option>}
          {keys.size === 1 && only === 'own' && <option value="own">Settings of their own</option>}
        </Select>
      )}
    </Field>
  )
}
