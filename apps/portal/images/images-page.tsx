'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Hammer, HardDrive, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { Button, IconButton } from '../components/button'
import { DataTable } from '../components/data-table'
import { Page } from '../components/page'
import { Empty, Failed } from '../components/page-states'
import { Pill, type Tone } from '../components/state-pill'
import { tellProblem } from '../components/toast'
import { Ago } from '../components/when'
import { TopBar } from '../frame/top-bar'
import type { ApiOutput } from '../server/routers/types'
import { BuildPanel } from './build-panel'
import { UploadPanel } from './upload-panel'

type Image = ApiOutput['images']['list'][number]

const LOOK: Record<Image['state'], { tone: Tone; word: string }> = {
  queued: { tone: 'waiting', word: 'Waits' },
  working: { tone: 'changing', word: 'Being made' },
  ready: { tone: 'running', word: 'Ready' },
  failed: { tone: 'failed', word: 'Failed' },
  deleting: { tone: 'changing', word: 'Being deleted' },
}
const MOVING: readonly Image['state'][] = ['queued', 'working', 'deleting']
const LOOK_AGAIN_MS = 1500

const mib = (bytes: number | null) => (bytes === null ? '–' : `${Math.round(bytes / 1024 / 1024)} MiB`)

function Where({ image }: { image: Image }) {
  const there = image.nodes.filter((n) => n.present).map((n) => n.name)
  const coming = image.nodes.filter((n) => !n.present)
  if (there.length + coming.length === 0) return <span className="text-faint">on no node</span>
  return (
    <span className="text-muted">
      {there.join(', ')}
      {coming.map((n) => (
        <span key={n.name} className="block text-faint tabular">
          {n.name}: {mib(n.sentBytes)} of {mib(image.packedBytes)}
        </span>
      ))}
    </span>
  )
}

function State({ image }: { image: Image }) {
  const { tone, word } = LOOK[image.state]
  return (
    <span className="flex flex-col items-start gap-0.5">
      <Pill tone={tone}>{word}</Pill>
      {image.progress !== '' && <span className="text-faint text-xs">{image.progress}</span>}
      {image.problem && (
        <span className="max-w-80 whitespace-normal text-failed text-xs">
          {image.problem.message} {image.problem.hint}
        </span>
      )}
    </span>
  )
}

export function ImagesPage() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [panel, setPanel] = useState<'build' | 'upload' | null>(null)
  const images = useQuery(
    trpc.images.list.queryOptions(undefined, {
      refetchInterval: (query) => {
        const rows = query.state.data ?? []
        const moves = rows.some((i) => MOVING.includes(i.state) || i.nodes.some((n) => !n.present))
        return moves ? LOOK_AGAIN_MS : false
      },
    }),
  )
  const again = () => void queryClient.invalidateQueries(trpc.images.list.queryFilter())
  const remove = useMutation(
    trpc.images.remove.mutationOptions({
      onSuccess: again,
      onError: tellProblem,
    }),
  )
  const close = () => setPanel(null)
  return (
    <>
      <TopBar crumbs={[{ label: 'Images' }]} />
      <div className="flex min-h-0 flex-1">
        <Page
          title="Images"
          about="What virtual hosts of class vserver start from. Nodes get one when a host there wants it."
          actions={
            <>
              <Button icon={<Upload />} onClick={() => setPanel('upload')}>
                Import
              </Button>
              <Button variant="primary" icon={<Hammer />} onClick={() => setPanel('build')}>
                Build
              </Button>
            </>
          }
        >
          {images.error ? (
            <Failed error={images.error} retry={() => void images.refetch()} />
          ) : (
            <DataTable
              name="images"
              rows={images.data}
              idOf={(i) => i.id}
              labelOf={(i) => i.label}
              defaultSort="name"
              columns={[
                {
                  key: 'name',
                  title: 'Image',
                  fixed: true,
                  sort: (i) => i.label,
                  text: (i) => i.label,
                  cell: (i) => (
                    <span className="flex flex-col">
                      <span className="font-medium font-mono">{i.label}</span>
                      <span className="max-w-96 whitespace-normal text-faint text-xs">{i.description}</span>
                    </span>
                  ),
                },
                {
                  key: 'state',
                  title: 'State',
                  sort: (i) => i.state,
                  text: (i) => LOOK[i.state].word,
                  cell: (i) => <State image={i} />,
                },
                {
                  key: 'size',
                  title: 'Size',
                  number: true,
                  desk: true,
                  sort: (i) => i.unpackedBytes ?? 0,
                  text: (i) => mib(i.unpackedBytes),
                  cell: (i) => <span title={`${mib(i.packedBytes)} on the way to a node`}>{mib(i.unpackedBytes)}</span>,
                },
                {
                  key: 'packages',
                  title: 'Packages',
                  number: true,
                  desk: true,
                  sort: (i) => i.packages.length,
                  text: (i) => String(i.packages.length),
                  cell: (i) => (
                    <span title={i.packages.map((p) => `${p.name} ${p.version}`).join('\n')}>
                      {i.packages.length === 0 ? '–' : i.packages.length}
                    </span>
                  ),
                },
                {
                  key: 'where',
                  title: 'On',
                  desk: true,
                  text: (i) => i.nodes.map((n) => n.name).join(' '),
                  cell: (i) => <Where image={i} />,
                },
                {
                  key: 'hash',
                  title: 'Hash',
                  desk: true,
                  text: (i) => i.hash ?? '',
                  cell: (i) => (
                    <span className="font-mono text-faint text-xs" title={i.hash ?? undefined}>
                      {i.hash?.slice(0, 12) ?? '–'}
                    </span>
                  ),
                },
                {
                  key: 'made',
                  title: 'Made',
                  desk: true,
                  sort: (i) => i.createdAt.getTime(),
                  cell: (i) => <Ago at={i.createdAt} />,
                },
                {
                  key: 'actions',
                  title: '',
                  fixed: true,
                  cell: (i) =>
                    i.state === 'deleting' ? null : (
                      <IconButton label={`Delete ${i.label}`} onClick={() => remove.mutate({ id: i.id })}>
                        <Trash2 />
                      </IconButton>
                    ),
                },
              ]}
              empty={
                <Empty icon={<HardDrive />} title="No images yet">
                  Hosts start from their node’s own programs. Build the recipe “router” for Debian with FRR, BIRD and
                  ExaBGP.
                </Empty>
              }
            />
          )}
        </Page>
        {panel === 'build' && <BuildPanel onClose={close} onDone={again} />}
        {panel === 'upload' && <UploadPanel onClose={close} onDone={again} />}
      </div>
    </>
  )
}
