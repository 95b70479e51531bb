'use client'
// What a running host has of its node, changed while it runs: the drawing stays as it was booked.
import { LEAST, MOST_DISK_MIB } from '@myvini/core/images/needs'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { Field } from '../../components/field'
import { tell, tellProblem } from '../../components/toast'
import { Choice } from '../../components/toggles'
import { useView, useWorkspace } from '../workspace-context'
import { NumberField } from './fields'
import { InspectorSection } from './parts'

type Given = Pick<VirtualHost, 'cpuPercent' | 'cpuCapped' | 'memoryMib' | 'diskMib' | 'processes'>

const pick = ({ cpuPercent, cpuCapped, memoryMib, diskMib, processes }: Given): Given => ({
  cpuPercent,
  cpuCapped,
  memoryMib,
  diskMib,
  processes,
})
const same = (a: Given, b: Given) => JSON.stringify(pick(a)) === JSON.stringify(pick(b))

export function LiveLimits({ host }: { host: VirtualHost }) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const now = useView((v) => v.status?.hosts[host.id]?.given) ?? pick(host)
  const [draft, setDraft] = useState<Given | null>(null)
  const wish = draft ?? now
  const resize = useMutation(
    trpc.hosts.resize.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
        setDraft(null)
        tell(`${host.name} has it now`)
      },
      onError: tellProblem,
    }),
  )
  const set = (patch: Partial<Given>) => setDraft({ ...wish, ...patch })
  return (
    <InspectorSection title="Has now">
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label="CPU"
          value={wish.cpuPercent}
          min={1}
          max={6400}
          unit="%"
          onChange={(cpuPercent) => cpuPercent !== null && set({ cpuPercent })}
        />
        <NumberField
          label="Memory"
          value={wish.memoryMib}
          min={LEAST.memoryMib}
          max={1_048_576}
          whole
          unit="MiB"
          onChange={(memoryMib) => memoryMib !== null && set({ memoryMib })}
        />
        {host.class === 'vserver' && (
          <NumberField
            label="Disk"
            value={wish.diskMib}
            min={now.diskMib}
            max={MOST_DISK_MIB}
            whole
            unit="MiB"
            onChange={(diskMib) => diskMib !== null && set({ diskMib })}
          />
        )}
        <NumberField
          label="Processes"
          value={wish.processes}
          min={LEAST.processes}
          max={16_384}
          whole
          onChange={(processes) => processes !== null && set({ processes })}
        />
        <Field label="Idle CPU" group>
          {(control) => (
            <Choice
              id={control.id}
              label="Idle CPU"
              value={wish.cpuCapped ? 'capped' : 'free'}
              onChange={(value) => set({ cpuCapped: value === 'capped' })}
              options={[
                { value: 'free', label: 'May use' },
                { value: 'capped', label: 'Never' },
              ]}
            />
          )}
        </Field>
      </div>
      {host.class === 'vserver' && (
        <p className="-mt-1 text-faint text-xs">Its disk grows when it starts next, and never shrinks.</p>
      )}
      <Button
        size="small"
        busy={resize.isPending}
        disabled={draft === null || same(draft, now)}
        onClick={() => {
          const { diskMib, ...rest } = pick(wish)
          const disk = host.class === 'vserver' ? { diskMib } : {}
          resize.mutate({ sliceId: slice.id, host: host.id, ...rest, ...disk })
        }}
      >
        Change while it runs
      </Button>
    </InspectorSection>
  )
}
