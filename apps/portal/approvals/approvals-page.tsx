'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useIsDesk } from '../browser/platform'
import { useTRPC } from '../browser/trpc'
import { useUrlState } from '../browser/url-state'
import { DataTable } from '../components/data-table'
import { Page } from '../components/page'
import { Empty, Failed } from '../components/page-states'
import { tell } from '../components/toast'
import { Choice } from '../components/toggles'
import { useCommands } from '../frame/commands'
import { TopBar } from '../frame/top-bar'
import { type ApprovalRow, approvalColumns } from './approval-columns'
import { RequestPanel } from './request-panel'

/** The queue, and beside it whichever is looked at. */
export function ApprovalsPage() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const desk = useIsDesk()
  const [kindText, setKind] = useUrlState('show', 'waiting')
  const kind = kindText === 'decided' ? 'decided' : 'waiting'
  const [openId, setOpenId] = useUrlState('request')
  const list = useQuery(trpc.approvals.list.queryOptions({ kind }))
  const refresh = () => void queryClient.invalidateQueries(trpc.approvals.pathFilter())
  const decide = useMutation(trpc.approvals.decide.mutationOptions({ onSettled: refresh }))

  const rows = list.data
  // At a desk the next one is open without asking.
  const open = rows?.find((r) => r.id === openId) ?? (desk && openId === '' ? rows?.[0] : undefined)
  const at = rows?.findIndex((r) => r.id === open?.id) ?? -1
  const step = (by: number) => {
    const next = rows?.[Math.max(0, Math.min(rows.length - 1, at + by))]
    if (next) setOpenId(next.id)
  }
  const approveAll = async (chosen: readonly ApprovalRow[]) => {
    for (const row of chosen)
      await decide.mutateAsync({ reservationId: row.id, action: 'approve', note: '' }).catch(() => undefined) // told already
    tell(`${chosen.length} approved`)
  }
  useCommands('Approvals', [
    { label: 'Next request', keys: 'J', run: () => step(1) },
    { label: 'Previous request', keys: 'K', run: () => step(-1) },
    { label: 'Approve it', keys: 'A', run: () => document.getElementById('approve')?.click() },
    { label: 'Deny it, with a reason', keys: 'D', run: () => document.getElementById('decision-note')?.focus() },
    { label: 'Deny it with this answer', keys: 'Mod+Enter', run: () => document.getElementById('deny')?.click() },
  ])
  return (
    <>
      <TopBar crumbs={[{ label: 'Approvals' }]} />
      <div className="flex min-h-0 flex-1">
        <Page title="Approvals" about="Requests beyond what the policy approves at once.">
          {list.error ? (
            <Failed error={list.error} retry={() => void list.refetch()} />
          ) : (
            <>
              <div className="mb-3 w-60">
                <Choice
                  label="Which"
                  value={kind}
                  onChange={(value) => {
                    setKind(value)
                    setOpenId('')
                  }}
                  options={[
                    { value: 'waiting', label: 'Waiting' },
                    { value: 'decided', label: 'Decided' },
                  ]}
                />
              </div>
              <DataTable
                name="requests"
                rows={rows}
                columns={approvalColumns(kind)}
                idOf={(r) => r.id}
                labelOf={(r) => r.slice.name}
                onOpen={(r) => setOpenId(r.id)}
                openId={open?.id ?? null}
                bulk={
                  kind === 'waiting'
                    ? [{ label: 'Approve', icon: <CircleCheck />, run: (r) => void approveAll(r) }]
                    : []
                }
                empty={
                  <Empty
                    icon={<CircleCheck />}
                    title={kind === 'waiting' ? 'Nothing waits for you' : 'Nothing decided yet'}
                  >
                    {kind === 'waiting'
                      ? 'When somebody asks for more than the policy approves at once, it appears here by itself.'
                      : 'What you and other admins decide is listed here.'}
                  </Empty>
                }
              />
            </>
          )}
        </Page>
        {open && (
          <RequestPanel
            key={open.id}
            request={open}
            onOpen={setOpenId}
            onClose={() => setOpenId(openId === '' ? 'none' : '')}
            onDecided={() => {
              setOpenId('')
              refresh()
            }}
          />
        )}
      </div>
    </>
  )
}
