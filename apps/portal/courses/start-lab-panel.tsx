'use client'
import { requestOf } from '@myvini/core/embedding/request'
import { decideBooking, type Policy } from '@myvini/core/reservation/policy'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, isAtField } from '../browser/problem'
import { useNow, zoneName } from '../browser/time'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { TextArea } from '../components/input'
import { ProblemNote } from '../components/notices'
import { Failed, Skeleton } from '../components/page-states'
import { SidePanel } from '../components/side-panel'
import { Choice } from '../components/toggles'
import { type WindowDraft, windowOf } from '../editor/booking/window'
import { WindowFields } from '../editor/booking/window-fields'
import type { Lab } from './lab-page'
import type { LabRun } from './use-lab-run'

interface StartProps {
  lab: Lab
  run: LabRun
  onClose: () => void
}

function StartForm({ lab, run, policy, onClose }: StartProps & { policy: Policy }) {
  const now = useNow()
  const planned = lab.startsAt && lab.endsAt && lab.endsAt > now ? { start: lab.startsAt, end: lab.endsAt } : null
  const [draft, setDraft] = useState<WindowDraft>(
    planned
      ? { start: planned.start > now ? planned.start : null, length: { until: planned.end } }
      : { start: null, length: { hours: Math.min(2, policy.most.windowHours) } },
  )
  const [placement, setPlacement] = useState<'spread' | 'pack'>('spread')
  const [reason, setReason] = useState('')
  const { startsAt, endsAt } = windowOf(draft, now)
  const decision = decideBooking(
    {
      request: requestOf(lab.topology),
      startsAtMs: startsAt.getTime(),
      endsAtMs: endsAt.getTime(),
      reason: 'a lab says what it is for',
      slicesInWindow: 0,
    },
    policy,
    now.getTime(),
  )
  const problem = decision.ok ? null : decision.problem
  const missing = lab.slices.filter((s) => s.sliceId === null || ['draft', 'ended', 'denied'].includes(s.state)).length
  return (
    <form
      id="start-form"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        onClose()
        void run.start({ startsAt: draft.start, endsAt, placement, reason })
      }}
    >
      <WindowFields draft={draft} onChange={setDraft} policy={policy} problem={problem} now={now} />
      <Field
        label="Hosts are placed"
        group
        help={
          placement === 'pack' ? 'Each slice on few nodes: room for more students.' : 'Each slice over several nodes.'
        }
      >
        {(control) => (
          <Choice
            id={control.id}
            label="Hosts are placed"
            value={placement}
            onChange={setPlacement}
            options={[
              { value: 'spread', label: 'Spread' },
              { value: 'pack', label: 'Close' },
            ]}
          />
        )}
      </Field>
      <Field label="Reason" aside="optional" help="An admin reads it, if one has to decide.">
        {(control) => (
          <TextArea
            {...control}
            maxLength={500}
            placeholder={`Lab ${lab.name} of the course ${lab.course.name}.`}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
        )}
      </Field>
      {problem && !isAtField(problem, ['startsAt', 'endsAt']) && <ProblemNote problem={problem} />}
      <p className="text-muted text-sm">
        {fieldError(problem, 'startsAt') === null && decision.ok && decision.value === 'queue'
          ? 'Beyond what is approved at once: an admin decides for each slice.'
          : 'Within the policy: approved at once.'}{' '}
        Times are in {zoneName()}.
      </p>
      <Button type="submit" variant="primary" disabled={!decision.ok || missing === 0}>
        Start {missing} {missing === 1 ? 'slice' : 'slices'}
      </Button>
    </form>
  )
}

/** When, how, and then one action for the whole class. */
export function StartLabPanel(props: StartProps) {
  const trpc = useTRPC()
  const policy = useQuery(trpc.reservations.policy.queryOptions())
  return (
    <SidePanel title="Start the lab" onClose={props.onClose}>
      {policy.error ? (
        <Failed error={policy.error} retry={() => void policy.refetch()} />
      ) : policy.data ? (
        <StartForm {...props} policy={policy.data} />
      ) : (
        <Skeleton className="h-48" />
      )}
    </SidePanel>
  )
}
