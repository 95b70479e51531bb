'use client'
import type { Exception, Policy } from '@myvini/core/reservation/policy'
import { useState } from 'react'
import { fieldError } from '../browser/problem'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import type { ToldProblem } from '../told-problem'
import { exceptionOf, exceptionTexts, LIMITS, TOTALS, textsOf } from './policy-numbers'

interface ExceptionFormProps {
  /** For whom, in words. */
  name: string
  policy: Policy
  exception: Exception | null
  busy: boolean
  problem: ToldProblem | null
  onSave: (exception: Exception | null) => void
  onCancel: () => void
}

/** What is left empty is as for everyone, which stands in the field as an example. */
export function ExceptionForm({ name, policy, exception, busy, problem, onSave, onCancel }: ExceptionFormProps) {
  const usual = textsOf(policy)
  const [texts, setTexts] = useState(() => exceptionTexts(exception))
  const input = (path: string, label: string, unit: string) => (
    <Field key={path} label={label} error={fieldError(problem, `exception.${path}`)}>
      {(control) => (
        <Input
          {...control}
          mono
          inputMode="decimal"
          unit={unit}
          placeholder={usual[path]}
          value={texts[path] ?? ''}
          onChange={(e) => setTexts((before) => ({ ...before, [path]: e.target.value }))}
        />
      )}
    </Field>
  )
  const group = (title: string, fields: React.ReactNode) => (
    <fieldset className="min-w-0">
      <legend className="mb-2 font-medium text-muted text-sm">{title}</legend>
      <div className="grid gap-3 sm:grid-cols-2">{fields}</div>
    </fieldset>
  )
  return (
    <form
      aria-label={`Limits of ${name}`}
      className="flex flex-col gap-4 rounded-md border border-line bg-sunken p-3"
      onSubmit={(event) => {
        event.preventDefault()
        onSave(exceptionOf(texts))
      }}
    >
      {problem && !problem.fields && <ProblemNote problem={problem} />}
      <p className="text-muted text-sm">Empty fields are as for everyone.</p>
      {group(
        'Approved at once',
        LIMITS.map(({ key, label, unit }) => input(`automatic.${key}`, label, unit)),
      )}
      {group(
        'At most',
        LIMITS.map(({ key, label, unit }) => input(`most.${key}`, label, unit)),
      )}
      {group('Project', [
        ...TOTALS.map(({ key, label, unit }) => input(`total.${key}`, label, unit)),
        input('slicesAtOnce', 'Slices of a project at once', 'slices'),
        input('bookAheadDays', 'Booked ahead', 'days'),
        <Field key="netns" label="Hosts of class netns" error={fieldError(problem, 'exception.netns')}>
          {(control) => (
            <Select
              {...control}
              value={texts.netns ?? ''}
              onChange={(e) => setTexts((before) => ({ ...before, netns: e.target.value }))}
            >
              <option value="">As for everyone ({policy.netns ? 'may be used' : 'may not be used'})</option>
              <option value="yes">May be used</option>
              <option value="no">May not be used</option>
            </Select>
          )}
        </Field>,
      ])}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" size="small" busy={busy}>
          Save
        </Button>
        <Button type="button" size="small" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
