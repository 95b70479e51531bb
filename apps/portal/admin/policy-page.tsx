'use client'
import type { Policy } from '@myvini/core/reservation/policy'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import { Page, Section } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { tell } from '../components/toast'
import { Switch } from '../components/toggles'
import { TopBar } from '../frame/top-bar'
import type { ToldProblem } from '../told-problem'
import { ExceptionsSection } from './exceptions-section'
import { GatewaysSection, gatewaysOf, gatewayTexts } from './gateways-section'
import { LIMITS, limitsOf, number, type Texts, TOTALS, textsOf, totalOf } from './policy-numbers'

const REASONS: Record<Policy['reason'], string> = {
  never: 'Never',
  'for-approval': 'When an admin has to approve',
  always: 'Always',
}

const FAILURES: Record<Policy['onNodeFailure']['action'], string> = {
  're-embed': 'Move what it carried to other nodes',
  tell: 'Tell people, and wait for the node',
  wait: 'Wait for the node',
}

const FAILURE_ACTIONS = ['re-embed', 'tell', 'wait'] as const satisfies readonly Policy['onNodeFailure']['action'][]

const allTexts = (policy: Policy): Texts => ({
  ...textsOf(policy),
  restHours: String(policy.restHours),
  'onNodeFailure.graceSeconds': String(policy.onNodeFailure.graceSeconds),
  ...gatewayTexts(policy.gateways),
})

/** Leads to the first field that is wrong: on a long form it may be out of view. */
function Summary({ problem }: { problem: ToldProblem }) {
  const fields = Object.entries(problem.fields ?? {})
  if (fields.length === 0) return <ProblemNote problem={problem} />
  return (
    <div role="alert" className="rounded-md bg-failed-soft p-3 text-sm">
      <p className="font-medium">
        {fields.length === 1 ? 'One field has' : `${fields.length} fields have`} to be corrected.
      </p>
      <ul className="mt-1 list-disc pl-5">
        {fields.map(([name, text]) => (
          <li key={name}>
            <button
              type="button"
              className="text-left underline underline-offset-2"
              onClick={() => document.querySelector<HTMLElement>(`[data-field="${name}"]`)?.focus()}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Each network is a field of its own to the server, and they stand in one here. */
function destinationsError(problem: ToldProblem | null): string | null {
  const found = Object.entries(problem?.fields ?? {}).find(([name]) => name.startsWith('gateways.destinations'))
  return found ? found[1] : null
}

function PolicyForm({ policy }: { policy: Policy }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [texts, setTexts] = useState(() => allTexts(policy))
  const [reason, setReason] = useState(policy.reason)
  const [shareIdle, setShareIdle] = useState(policy.shareIdle)
  const [labsFirst, setLabsFirst] = useState(policy.labsFirst)
  const [netns, setNetns] = useState(policy.netns)
  const [onFailure, setOnFailure] = useState(policy.onNodeFailure.action)
  const [allowed, setAllowed] = useState(policy.gateways.allowed)
  const save = useMutation(
    trpc.policy.save.mutationOptions({
      meta: { told: true },
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.policy.get.queryFilter())
        void queryClient.invalidateQueries(trpc.reservations.policy.queryFilter())
        tell('The policy is changed; it holds for bookings from now on')
      },
    }),
  )
  const problem = save.error ? problemOf(save.error) : null
  const input = (name: string, label: string, unit: string) => (
    <Field label={label} error={fieldError(problem, name)}>
      {(control) => (
        <Input
          {...control}
          data-field={name}
          mono
          inputMode="decimal"
          unit={unit}
          value={texts[name] ?? ''}
          onChange={(e) => setTexts((before) => ({ ...before, [name]: e.target.value }))}
        />
      )}
    </Field>
  )
  return (
    <form
      className="flex flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({
          automatic: limitsOf(texts, 'automatic'),
          most: limitsOf(texts, 'most'),
          slicesAtOnce: number(texts.slicesAtOnce),
          bookAheadDays: number(texts.bookAheadDays),
          reason,
          shareIdle,
          total: totalOf(texts),
          restHours: number(texts.restHours),
          labsFirst,
          netns,
          gateways: gatewaysOf(texts, allowed),
          onNodeFailure: { action: onFailure, graceSeconds: number(texts['onNodeFailure.graceSeconds']) },
        })
      }}
    >
      {problem && (
        <div className="mb-4">
          <Summary problem={problem} />
        </div>
      )}
      <Section title="Approved at once" about="Up to these, a booking needs nobody. Beyond, it waits for an admin.">
        <div className="grid gap-4 sm:grid-cols-2">
          {LIMITS.map(({ key, label, unit }) => (
            <div key={key}>{input(`automatic.${key}`, label, unit)}</div>
          ))}
        </div>
      </Section>
      <Section title="At most" about="Beyond these, a booking is refused at once.">
        <div className="grid gap-4 sm:grid-cols-2">
          {LIMITS.map(({ key, label, unit }) => (
            <div key={key}>{input(`most.${key}`, label, unit)}</div>
          ))}
        </div>
      </Section>
      <Section title="Projects">
        <div className="grid gap-4 sm:grid-cols-2">
          {input('slicesAtOnce', 'Slices of a project at once', 'slices')}
          {input('bookAheadDays', 'Booked ahead', 'days')}
          {TOTALS.map(({ key, label, unit }) => (
            <div key={key}>{input(`total.${key}`, label, unit)}</div>
          ))}
          {input('restHours', 'Windows of a slice closer than this count as one', 'h')}
          <Field label="A reason is asked for">
            {(control) => (
              <Select
                {...control}
                value={reason}
                onChange={(e) => {
                  const found = (Object.keys(REASONS) as Policy['reason'][]).find((r) => r === e.target.value) // keys of a const object
                  if (found) setReason(found)
                }}
              >
                {Object.entries(REASONS).map(([value, word]) => (
                  <option key={value} value={value}>
                    {word}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <div className="mt-4">
          <Switch
            visible
            label="Links that ask for it may take capacity that is idle"
            checked={shareIdle}
            onChange={setShareIdle}
          />
        </div>
        <p className="mt-1 text-faint text-xs">
          What is reserved for others is theirs at once when they send. Without it, no link exceeds its capacity.
        </p>
        <div className="mt-4">
          <Switch
            visible
            label="Labs of courses are admitted before others that wait"
            checked={labsFirst}
            onChange={setLabsFirst}
          />
        </div>
        <p className="mt-1 text-faint text-xs">
          What is promised already stays. Labs of a course are not counted among a project’s slices at once.
        </p>
        <div className="mt-4">
          <Switch visible label="Everybody may use hosts of class netns" checked={netns} onChange={setNetns} />
        </div>
        <p className="mt-1 text-faint text-xs">
          They start in no time, with less between them and their node than a vserver has. Without it, only roles and
          projects that are allowed to below.
        </p>
      </Section>
      <Section title="When a node fails" about="What becomes of running slices that have a part on it.">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Then">
            {(control) => (
              <Select
                {...control}
                value={onFailure}
                onChange={(e) => {
                  const found = FAILURE_ACTIONS.find((action) => action === e.target.value)
                  if (found) setOnFailure(found)
                }}
              >
                {FAILURE_ACTIONS.map((action) => (
                  <option key={action} value={action}>
                    {FAILURES[action]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {input('onNodeFailure.graceSeconds', 'It has failed when it is silent for', 's')}
        </div>
        <p className="mt-3 text-faint text-xs">
          Hosts that move begin anew; those on other nodes stay where they are, and those pinned to the node wait for
          it.
        </p>
      </Section>
      <GatewaysSection
        allowed={allowed}
        setAllowed={setAllowed}
        destinations={texts['gateways.destinations'] ?? ''}
        setDestinations={(text) => setTexts((before) => ({ ...before, 'gateways.destinations': text }))}
        error={destinationsError(problem)}
        input={input}
      />
      <div>
        <Button type="submit" variant="primary" busy={save.isPending}>
          Save the policy
        </Button>
      </div>
    </form>
  )
}

export function PolicyPage() {
  const trpc = useTRPC()
  const policy = useQuery(trpc.policy.get.queryOptions())
  return (
    <>
      <TopBar crumbs={[{ label: 'Policy' }]} />
      <Page title="Policy" about="Who may book how much, and what is approved without asking." narrow>
        {policy.error ? (
          <Failed error={policy.error} retry={() => void policy.refetch()} />
        ) : policy.data ? (
          <>
            <PolicyForm policy={policy.data} />
            <div className="mt-8">
              <ExceptionsSection policy={policy.data} />
            </div>
          </>
        ) : (
          <Skeleton className="h-96" />
        )}
      </Page>
    </>
  )
}
