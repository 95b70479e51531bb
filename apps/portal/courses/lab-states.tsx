import type { SliceState } from '@myvini/core/reservation/state'
import { STATE_TONE, STATE_WORD, TONES, ToneMark } from '../components/state-pill'

const ORDER: readonly SliceState[] = [
  'running',
  'provisioning',
  'degraded',
  'failed',
  'denied',
  'requested',
  'approved',
  'scheduled',
  'ending',
  'draft',
  'ended',
]

/** How many of a class are where: "23 running, 2 requested". */
export function LabStates({ states }: { states: Partial<Record<SliceState, number>> }) {
  const there = ORDER.filter((state) => (states[state] ?? 0) > 0)
  if (there.length === 0) return <span className="text-faint">not started</span>
  return (
    <span className="flex flex-wrap gap-1.5">
      {there.map((state) => (
        <span
          key={state}
          className={`inline-flex h-5 items-center gap-1.5 rounded-full px-2 font-medium text-xs tabular ${TONES[STATE_TONE[state]]}`}
        >
          <ToneMark tone={STATE_TONE[state]} />
          {states[state]} {STATE_WORD[state].toLowerCase()}
        </span>
      ))}
    </span>
  )
}
