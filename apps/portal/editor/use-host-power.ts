'use client'
// Stopping, starting and resetting hosts that run: at once, with a way back where something would be lost.
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTRPC, useTRPCClient } from '../browser/trpc'
import { tell, tellProblem } from '../components/toast'
import { useWorkspace } from './workspace-context'

export type HostPower = 'stop' | 'start' | 'restart' | 'reset'

const WORDS = { stop: 'stopped', start: 'started', restart: 'restarted', reset: 'reset' } as const
const BACK = { stop: 'start', start: 'stop', restart: null, reset: 'undo-reset' } as const

export function useHostPower() {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  return useCallback(
    (hosts: readonly VirtualHost[], action: HostPower) => {
      const send = async (what: HostPower | 'undo-reset') => {
        await client.hosts.power.mutate({ sliceId: slice.id, hosts: hosts.map((h) => h.id), action: what })
        await queryClient.invalidateQueries(trpc.reservations.status.queryFilter({ sliceId: slice.id }))
      }
      const who = hosts.length === 1 ? (hosts[0]?.name ?? 'The host') : `${hosts.length} hosts`
      const back = BACK[action]
      void send(action).then(
        () =>
          tell(
            `${who} ${hosts.length === 1 ? 'is' : 'are'} ${WORDS[action]}`,
            back === null ? {} : { undo: () => void send(back).catch(tellProblem) },
          ),
        tellProblem,
      )
    },
    [client, queryClient, slice.id, trpc],
  )
}
