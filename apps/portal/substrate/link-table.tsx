'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useTRPC, useTRPCClient } from '../browser/trpc'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Meter } from '../components/meter'
import { Section } from '../components/page'
import { tell, tellProblem } from '../components/toast'
import type { ApiOutput } from '../server/routers/types'

export type SubstrateLink = ApiOutput['nodes']['links'][number]

interface LinkTableProps {
  links: readonly SubstrateLink[] | undefined
  onAdd?: () => void
  onEdit: (id: string) => void
}

export function LinkTable({ links, onAdd, onEdit }: LinkTableProps) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries(trpc.nodes.pathFilter())
  const remove = useMutation(trpc.nodes.removeLink.mutationOptions({ onSettled: refresh }))
  const removeWithUndo = (link: SubstrateLink) =>
    remove.mutate(
      { linkId: link.id },
      {
        onSuccess: () =>
          tell(`The link ${link.a.name}–${link.b.name} is removed`, {
            undo: () =>
              void client.nodes.addLink
                .mutate({
                  aId: link.a.id,
                  bId: link.b.id,
                  aAddress: link.a.address,
                  bAddress: link.b.address,
                  capacityMbps: link.capacityMbps,
                  delayMs: link.delayMs,
                  mtuBytes: link.mtuBytes,
                })
                .then(() => void refresh(), tellProblem),
          }),
      },
    )
  return (
    <Section
      title="Links"
      about={
        onAdd && (
          <Button size="small" icon={<Plus />} onClick={onAdd} className="mt-1">
            Add a link
          </Button>
        )
      }
    >
      <DataTable
        name="links"
        scope="links"
        rows={links}
        idOf={(l) => l.id}
        labelOf={(l) => `${l.a.name}–${l.b.name}`}
        onOpen={(l) => onEdit(l.id)}
        defaultSort="between"
        actionsOf={(link) => [
          { label: 'Edit', icon: <Pencil />, onSelect: () => onEdit(link.id) },
          null,
          { label: 'Remove', icon: <Trash2 />, danger: true, onSelect: () => removeWithUndo(link) },
        ]}
        columns={[
          {
            key: 'between',
            title: 'Between',
            fixed: true,
            sort: (l) => `${l.a.name} ${l.b.name}`,
            text: (l) => `${l.a.name} ${l.b.name} ${l.a.address} ${l.b.address}`,
            cell: (l) => (
              <span className="font-medium font-mono">
                {l.a.name}–{l.b.name}
              </span>
            ),
          },
          {
            key: 'addresses',
            title: 'Addresses',
            desk: true,
            cell: (l) => (
              <span className="font-mono text-muted text-xs">
                {l.a.address} – {l.b.address}
              </span>
            ),
          },
          {
            key: 'promised',
            title: 'Promised',
            sort: (l) => l.usedMbps / l.capacityMbps,
            cell: (l) => (
              <span className="block w-32">
                <Meter label="Promised" bare used={l.usedMbps} of={l.capacityMbps} unit="Mbit/s" />
              </span>
            ),
          },
          {
            key: 'capacity',
            title: 'Capacity',
            number: true,
            sort: (l) => l.capacityMbps,
            cell: (l) => `${l.capacityMbps.toLocaleString('en-GB')} Mbit/s`,
          },
          {
            key: 'delay',
            title: 'Delay',
            number: true,
            desk: true,
            sort: (l) => l.delayMs,
            cell: (l) => `${l.delayMs} ms`,
          },
          {
            key: 'mtu',
            title: 'MTU',
            number: true,
            desk: true,
            sort: (l) => l.mtuBytes,
            cell: (l) => l.mtuBytes.toLocaleString('en-GB'),
          },
        ]}
        empty={<p className="text-muted text-sm">None yet. Virtual links between nodes need them.</p>}
      />
    </Section>
  )
}
