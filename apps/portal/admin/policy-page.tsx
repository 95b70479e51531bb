'use client'
import type { Limits, Policy } from '@myvini/core/reservation/policy'
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

const LIMITS: readonly { key: keyof Limits; label: string; unit: string }[] = [
  { key: 'hosts', label: 'Virtual hosts', unit: 'hosts' },
  { key: 'cpuPercent', label: 'CPU, all hosts together', unit: '%' },
  { key: 'linkMbps', label: 'Link capacity, all links together', unit: 'Mbit/s' },
  { key: 'windowHours', label: 'Length of the window', unit: 'h' },
]

const REASONS: Record<Policy['reason'], string> = {
  never: 'Never',
  'for-approval': 'When an admin has to approve',
  always: 'Always',
}

type Texts = Record<string, string>

const textsOf = (policy: Policy): Texts => ({
  ...Object.fromEntries(
    LIMITS.flatMap(({ key }) => [
      [`automatic.${key}`, String(policy.automatic[key])],
      [`most.${key}`, String(policy.most[key])],
    ]),
  ),
  slicesAtOnce: String(policy.slicesAtOnce),
  bookAheadDays: String(policy.bookAheadDays),
})

const number = (text: string | undefined) =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text.trim())

const limitsOf = (texts: Texts, which: 'automatic' | 'most'): Limits => ({
  hosts: number(texts[`${which}.hosts`]),
  cpuPercent: number(texts[`${which}.cpuPercent`]),
  linkMbps: number(texts[`${which}.linkMbps`]),
  windowHours: number(texts[`${which}.windowHours`]),
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

function PolicyForm({ policy }: { policy: Policy }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [texts, setTexts] = useState(() => textsOf(policy))
  const [reason, setReason] = useState(policy.reason)
  const [shareIdle, setShareIdle] = useState(policy.shareIdle)
  const save = useMutation(
    trpc.policy.save.mutationOptions({
      meta: { told: true },
      onSuccess: () => {
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
        <p className="mt-3 text-faint text-xs">Labs of a course are not counted among a project’s slices at once.</p>
      </Section>
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
  const policy = useQuery(trpc.reservations.policy.queryOptions())
  return (
    <>
      <TopBar crumbs={[{ label: 'Policy' }]} />
      <Page title="Policy" about="Who may book how much, and what is approved without asking." narrow>
        {policy.error ? (
          <Failed error={policy.error} retry={() => void policy.refetch()} />
        ) : policy.data ? (
          <PolicyForm policy={policy.data} />
        ) : (
          <Skeleton className="h-96" />
        )}
      </Page>
    </>
  )
}
