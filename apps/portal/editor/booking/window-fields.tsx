'use client'
import type { Policy } from '@myvini/core/reservation/policy'
import { fieldError } from '../../browser/problem'
import { duration, exactTime, shortTime } from '../../browser/time'
import { classes } from '../../components/classes'
import { DateTimeField } from '../../components/date-time-field'
import { Field } from '../../components/field'
import { Choice } from '../../components/toggles'
import type { ToldProblem } from '../../told-problem'
import { nextHalfHour, PRESETS, type WindowDraft, windowOf } from './window'

interface WindowFieldsProps {
  draft: WindowDraft
  onChange: (draft: WindowDraft) => void
  policy: Policy
  problem: ToldProblem | null
  now: Date
}

const DAY_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000

export function WindowFields({ draft, onChange, policy, problem, now }: WindowFieldsProps) {
  const { startsAt, endsAt } = windowOf(draft, now)
  const latest = new Date(now.getTime() + policy.bookAheadDays * DAY_MS)
  const presets = PRESETS.filter((p) => p.hours <= policy.most.windowHours)
  const custom = 'until' in draft.length
  return (
    <>
      <Field label="Starts" group error={fieldError(problem, 'startsAt')}>
        {(control) => (
          <>
            <Choice
              id={control.id}
              label="Starts"
              value={draft.start === null ? 'now' : 'later'}
              onChange={(value) => onChange({ ...draft, start: value === 'now' ? null : nextHalfHour(now) })}
              options={[
                { value: 'now', label: 'Now' },
                { value: 'later', label: 'At a time' },
              ]}
            />
            {draft.start !== null && (
              <DateTimeField
                id={`${control.id}-at`}
                label="Start"
                value={draft.start}
                earliest={now}
                latest={latest}
                onChange={(start) => onChange({ ...draft, start })}
              />
            )}
          </>
        )}
      </Field>
      <Field
        label="Runs for"
        group
        aside={
          <span title={exactTime(endsAt)}>
            until {shortTime(endsAt, now)} · {duration(endsAt.getTime() - startsAt.getTime())}
          </span>
        }
        error={fieldError(problem, 'endsAt')}
      >
        {() => (
          <>
            <fieldset aria-label="Runs for" className="flex flex-wrap gap-1">
              {[...presets, null].map((preset) => {
                const chosen =
                  preset === null ? custom : !custom && 'hours' in draft.length && draft.length.hours === preset.hours
                return (
                  <button
                    key={preset?.hours ?? 'until'}
                    type="button"
                    aria-pressed={chosen}
                    onClick={() =>
                      onChange({
                        ...draft,
                        length: preset
                          ? { hours: preset.hours }
                          : { until: nextHalfHour(new Date(startsAt.getTime() + HOUR_MS)) },
                      })
                    }
                    className={classes(
                      'h-7 rounded-md border px-2 text-sm',
                      chosen
                        ? 'border-accent bg-accent-soft font-medium text-accent-ink'
                        : 'border-line-strong bg-raised hover:bg-hover',
                    )}
                  >
                    {preset?.label ?? 'Until …'}
                  </button>
                )
              })}
            </fieldset>
            {'until' in draft.length && (
              <DateTimeField
                id="booking-until"
                label="End"
                value={draft.length.until}
                earliest={startsAt}
                onChange={(until) => onChange({ ...draft, length: { until } })}
              />
            )}
          </>
        )}
      </Field>
    </>
  )
}
