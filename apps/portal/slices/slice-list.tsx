'use client'
import { useQuery } from '@tanstack/react-query'
import { Copy, Network, Pencil, Plus, Square, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { Button } from '../components/button'
import { DataTable } from '../components/data-table'
import { Select } from '../components/input'
import type { MenuEntries } from '../components/menu'
import { Page } from '../components/page'
import { Empty, Failed } from '../components/page-states'
import { STATE_WORD } from '../components/state-pill'
import { usePerson } from '../frame/frame-context'
import { TopBar } from '../frame/top-bar'
import { pathTo } from '../paths'
import { FirstSlice } from './first-slice'
import { NewSlicePanel } from './new-slice-panel'
import { type SliceRow, sliceColumns } from './slice-columns'
import { useSliceActions } from './use-slice-actions'

const mayDelete = (slice: SliceRow) => slice.mayChange && ['draft', 'ended', 'denied'].includes(slice.state)
const mayStop = (slice: SliceRow) =>
  slice.mayChange && ['provisioning', 'running', 'degraded', 'failed'].includes(slice.state)

const KINDS = [
  ['', 'Every state'],
  ['live', 'Booked or running'],
  ['draft', STATE_WORD.draft],
  ['requested', STATE_WORD.requested],
  ['running', STATE_WORD.running],
  ['ended', STATE_WORD.ended],
] as const

function isOfKind(slice: SliceRow, kind: string): boolean {
  if (kind === '') return true
  if (kind === 'live') return !['draft', 'ended', 'denied'].includes(slice.state)
  return slice.state === kind
}

export function SliceList() {
  const trpc = useTRPC()
  const person = usePerson()
  const [project, setProject] = useUrlState('project')
  const [kind, setKind] = useUrlState('state')
  const [scope, setScope] = useUrlState('scope')
  const [making, setMaking] = useUrlState('new', '', 'push')
  const [renaming, setRenaming] = useState<string | null>(null)
  const actions = useSliceActions()
  const everyone = person.role === 'admin' && scope === 'all'
  const slices = useQuery(trpc.slices.list.queryOptions({ scope: everyone ? 'all' : 'mine' }))
  const projects = useQuery(trpc.projects.mine.queryOptions())
  const maySlice = projects.data?.some((p) => p.role !== 'student') ?? true

  // A whole class's slices are looked at in their course, or when it is chosen above.
  const isShown = (s: SliceRow) =>
    project === '' ? s.lab === null || s.owner.id === person.id || everyone : s.project.slug === project
  const rows = slices.data?.filter((s) => isShown(s) && isOfKind(s, kind))
  const filtered = project !== '' || kind !== ''
  const newButton = (
    <Button variant="primary" icon={<Plus />} onClick={() => setMaking('1')}>
      New slice
    </Button>
  )

  const entriesOf = (slice: SliceRow): MenuEntries => [
    ...(slice.mayChange
      ? [{ label: 'Rename', icon: <Pencil />, onSelect: () => setTimeout(() => setRenaming(slice.id)) }]
      : []),
    { label: 'Duplicate', icon: <Copy />, onSelect: () => actions.duplicate(slice) },
    ...(mayStop(slice) ? [{ label: 'Stop', icon: <Square />, onSelect: () => actions.stop([slice]) }] : []),
    ...(slice.mayChange
      ? [
          null,
          {
            label: 'Delete',
            icon: <Trash2 />,
            danger: true,
            disabledBecause: mayDelete(slice) ? undefined : 'Stop or withdraw it first',
            onSelect: () => actions.remove([slice]),
          },
        ]
      : []),
  ]

  return (
    <>
      <TopBar crumbs={[{ label: 'Slices' }]} project={project || null} />
      <div className="flex min-h-0 flex-1">
        <Page title="Slices" actions={maySlice && newButton}>
          {slices.error ? (
            <Failed error={slices.error} retry={() => void slices.refetch()} />
          ) : (
            <DataTable
              name="slices"
              rows={rows}
              columns={sliceColumns({
                renaming,
                onRenamed: (slice, name) => {
                  setRenaming(null)
                  if (name !== null) actions.rename(slice, name)
                },
              })}
              idOf={(s) => s.id}
              labelOf={(s) => s.name}
              hrefOf={(s) => pathTo.slice(s.id)}
              actionsOf={entriesOf}
              defaultSort="-saved"
              bulk={[
                { label: 'Stop', icon: <Square />, takes: mayStop, run: actions.stop },
                { label: 'Delete', icon: <Trash2 />, danger: true, takes: mayDelete, run: actions.remove },
              ]}
              filters={
                <>
                  <Select aria-label="State" className="w-44" value={kind} onChange={(e) => setKind(e.target.value)}>
                    {KINDS.map(([value, label]) => (
                      <option key={value} value={value}>
                        {label}
                      </option>
                    ))}
                  </Select>
                  {person.role === 'admin' && (
                    <Select
                      aria-label="Whose slices"
                      className="w-36"
                      value={scope}
                      onChange={(e) => setScope(e.target.value)}
                    >
                      <option value="">Mine</option>
                      <option value="all">Everyone’s</option>
                    </Select>
                  )}
                </>
              }
              empty={
                filtered ? (
                  <Empty
                    title="No slices here"
                    actions={
                      <Button
                        onClick={() => {
                          setProject('')
                          setKind('')
                        }}
                      >
                        Show all slices
                      </Button>
                    }
                  >
                    Nothing matches what you have chosen above.
                  </Empty>
                ) : maySlice ? (
                  <FirstSlice projectId={projects.data?.find((p) => p.role !== 'student')?.id} newButton={newButton} />
                ) : (
                  <Empty icon={<Network />} title="No slices yet">
                    Your instructor starts a slice for you; it appears here by itself.
                  </Empty>
                )
              }
            />
          )}
        </Page>
        {making !== '' && <NewSlicePanel projectSlug={project || null} onClose={() => setMaking('')} />}
      </div>
    </>
  )
}
