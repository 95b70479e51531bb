'use client'
import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { duration, useNow } from '../browser/time'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { TextArea } from '../components/input'
import { Keys } from '../components/keys'
import { amount } from '../components/meter'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { StatePill } from '../components/state-pill'
import { tell } from '../components/toast'
import { WindowTime, Zone } from '../components/when'
import { pathTo } from '../paths'
import type { ApprovalRow } from './approval-columns'
import { Effect } from './effect'

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 text-right">{children}</dd>
    </div>
  )
}

const PLACED: Record<string, string> = { spread: 'spread', pack: 'close together', distinct: 'each on its own node' }

interface RequestPanelProps {
  request: ApprovalRow
  onClose: () => void
  onDecided: () => void
  /** Another request is looked at. */
  onOpen: (id: string) => void
}

/** Who asks for what and why, what it would do to the substrate, and the two ways to decide. */
export function RequestPanel({ request, onClose, onDecided, onOpen }: RequestPanelProps) {
  const trpc = useTRPC()
  const now = useNow(request.requestedAt)
  const [note, setNote] = useState('')
  const decide = useMutation(
    trpc.approvals.decide.mutationOptions({
      meta: { told: true },
      onSuccess: ({ state }) => {
        tell(`${request.slice.name} is ${state === 'denied' ? 'denied' : 'approved'}`)
        onDecided()
      },
    }),
  )
  const problem = decide.error ? problemOf(decide.error) : null
  const act = (action: 'approve' | 'deny') => decide.mutate({ reservationId: request.id, action, note })
  const waiting = request.state === 'requested'
  return (
    <SidePanel
      title={request.slice.name}
      onClose={onClose}
      still
      wide
      {...(waiting && {
        footer: (
          <div className="flex w-full flex-col gap-3">
            {problem && !isAtField(problem, ['note']) && <ProblemNote problem={problem} />}
            <Field
              id="decision-note"
              label="Answer"
              help={
                <>
                  {request.requester.name} reads it. A denial needs one.
                  <span className="hidden md:inline">
                    {' '}
                    <Keys keys="A" /> approves, <Keys keys="D" /> writes, <Keys keys="Mod+Enter" /> denies.
                  </span>
                </>
              }
              error={fieldError(problem, 'note')}
            >
              {(control) => (
                <TextArea
                  {...control}
                  className="!min-h-14"
                  maxLength={500}
                  value={note}
                  onChange={(e) => setNote(e.target.value)}
                />
              )}
            </Field>
            <div className="flex gap-2">
              <Button
                id="deny"
                variant="danger"
                className="flex-1"
                busy={decide.isPending && decide.variables.action === 'deny'}
                disabled={decide.isPending}
                onClick={() => act('deny')}
              >
                Deny
              </Button>
              <Button
                id="approve"
                variant="primary"
                className="flex-1"
                busy={decide.isPending && decide.variables.action === 'approve'}
                disabled={decide.isPending || request.endsAt <= now}
                onClick={() => act('approve')}
              >
                Approve
              </Button>
            </div>
          </div>
        ),
      })}
    >
      <div className="flex flex-col gap-5 text-sm">
        <blockquote className="rounded-md bg-sunken p-3">
          {request.reason || <span className="text-faint">No reason was given.</span>}
        </blockquote>
        <dl className="flex flex-col gap-1.5">
          <Fact label="State">
            <StatePill state={request.state} />
          </Fact>
          <Fact label="Who">
            {request.requester.name} <span className="text-faint">{request.requester.email}</span>
          </Fact>
          <Fact label={request.course ? 'Course' : 'Project'}>{request.course?.name ?? request.project.name}</Fact>
          <Fact label="Window">
            <WindowTime from={request.startsAt} until={request.endsAt} />
            <span className="text-faint">
              {' '}
              · {duration(request.endsAt.getTime() - request.startsAt.getTime())}, <Zone />
            </span>
          </Fact>
          <Fact label="Asks for">
            {request.hosts} hosts, {amount(request.cpuPercent, '% CPU')}, {amount(request.memoryMib, 'MiB')} of memory,{' '}
            {request.diskMib > 0 && `${amount(request.diskMib, 'MiB')} of disk, `}
            {amount(request.linkMbps, 'Mbit/s')}
          </Fact>
          <Fact label="Placed">{PLACED[request.placement] ?? request.placement}</Fact>
          {request.decider && (
            <Fact label="Decided">
              by {request.decider}
              {request.decisionNote && `: ${request.decisionNote}`}
            </Fact>
          )}
        </dl>
        <p>
          <Link
            href={pathTo.slice(request.slice.id)}
            className="rounded-sm font-medium text-accent-ink underline-offset-2 hover:underline"
          >
            Open the slice
          </Link>
        </p>
        {waiting && <Effect reservationId={request.id} onOpen={onOpen} />}
      </div>
    </SidePanel>
  )
}
