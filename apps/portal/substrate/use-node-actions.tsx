'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { ConfirmByName } from '../components/dialog'
import { tell } from '../components/toast'
import { pathTo } from '../paths'
import type { NodeRow } from './node-columns'

export interface NodeActions {
  setAccepting: (node: NodeRow, accepting: boolean) => void
  remove: (node: NodeRow) => void
  /** To be rendered once: what cannot be undone is asked about. */
  dialog: ReactNode
}

export function useNodeActions(): NodeActions {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [removing, setRemoving] = useState<NodeRow | null>(null)
  const refresh = () => queryClient.invalidateQueries(trpc.nodes.pathFilter())
  const accept = useMutation(
    trpc.nodes.setAccepting.mutationOptions({
      onMutate: ({ nodeId, accepting }) =>
        void queryClient.setQueriesData<NodeRow[]>(trpc.nodes.list.queryFilter(), (rows) =>
          rows?.map((row) => (row.id === nodeId ? { ...row, accepting } : row)),
        ),
      onSettled: refresh,
    }),
  )
  const remove = useMutation(
    trpc.nodes.remove.mutationOptions({
      onSuccess: () => {
        tell(`${removing?.name} is removed`)
        setRemoving(null)
        router.push(pathTo.substrate())
      },
      onError: () => setRemoving(null),
      onSettled: refresh,
    }),
  )
  return {
    setAccepting: (node, accepting) => accept.mutate({ nodeId: node.id, accepting }),
    remove: setRemoving,
    dialog: removing && (
      <ConfirmByName
        open
        onOpenChange={(open) => {
          if (!open) setRemoving(null)
        }}
        title={`Remove ${removing.name}`}
        name={removing.name}
        action="Remove the node"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ nodeId: removing.id })}
      >
        MyVINI forgets this server, its host key and its links. It can be added again, by the same form. A node that
        still carries slices is not removed.
      </ConfirmByName>
    ),
  }
}
