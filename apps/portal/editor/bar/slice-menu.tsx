'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy, Download, Ellipsis, Save, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { download } from '../../browser/download'
import { useTRPC, useTRPCClient } from '../../browser/trpc'
import { useUrlState } from '../../browser/url-state'
import { IconButton } from '../../components/button'
import { Menu } from '../../components/menu'
import { tell, tellProblem } from '../../components/toast'
import { pathTo } from '../../paths'
import { useView, useWorkspace } from '../workspace-context'

export function SliceMenu() {
  const { slice, shown } = useWorkspace()
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const router = useRouter()
  const state = useView((v) => v.status?.state ?? 'draft')
  const [, setPanel] = useUrlState('panel')
  const refresh = () => queryClient.invalidateQueries(trpc.slices.list.queryFilter())
  const duplicate = useMutation(
    trpc.slices.duplicate.mutationOptions({
      onSuccess: ({ id, name }) => {
        void refresh()
        router.push(pathTo.slice(id))
        tell(`This is ${name}`)
      },
    }),
  )
  const restore = () =>
    client.slices.restore.mutate({ sliceId: slice.id }).then(() => {
      void refresh()
      router.push(pathTo.slice(slice.id))
    }, tellProblem)
  const remove = useMutation(
    trpc.slices.delete.mutationOptions({
      onSuccess: () => {
        void refresh()
        router.push(pathTo.slices())
        tell(`${slice.name} is deleted`, { undo: () => void restore() })
      },
    }),
  )
  const over = ['draft', 'ended', 'denied'].includes(state)
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="More about this slice">
          <Ellipsis />
        </IconButton>
      }
      entries={[
        { label: 'Duplicate', icon: <Copy />, onSelect: () => duplicate.mutate({ sliceId: slice.id }) },
        {
          label: 'Download the drawing',
          icon: <Download />,
          onSelect: () => download(`${slice.name}.json`, JSON.stringify(shown.topology, null, 2), 'application/json'),
        },
        ...(slice.mayChange
          ? [
              {
                label: 'Save with its hosts’ files…',
                icon: <Save />,
                disabledBecause: ['running', 'degraded'].includes(state) ? undefined : 'It has files while it runs',
                onSelect: () => setPanel('save'),
              },
              null,
              {
                label: 'Delete',
                icon: <Trash2 />,
                danger: true,
                disabledBecause: over ? undefined : 'Stop or withdraw it first',
                onSelect: () => remove.mutate({ sliceId: slice.id }),
              },
            ]
          : []),
      ]}
    />
  )
}
