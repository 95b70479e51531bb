import type { SliceState } from '@myvini/core/reservation/state'
import { classes } from './classes'

/** What a colour means, whatever it is on. */
export type Tone = 'running' | 'changing' | 'failed' | 'waiting' | 'neutral'

export const TONES: Record<Tone, string> = {
  running: 'bg-running-soft text-running',
  changing: 'bg-changing-soft text-changing',
  failed: 'bg-failed-soft text-failed',
  waiting: 'bg-waiting-soft text-waiting',
  neutral: 'bg-sunken text-muted',
}

/** Each tone has a shape of its own, so that nothing is told by colour alone. */
export function ToneMark({ tone, className }: { tone: Tone; className?: string }) {
  const shape = {
    running: <circle cx="5" cy="5" r="4" fill="currentColor" />,
    changing: (
      <>
        <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M5 1.5a3.5 3.5 0 0 1 0 7z" fill="currentColor" />
      </>
    ),
    failed: <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
    waiting: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
    neutral: (
      <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="1.5 1.5" />
    ),
  }[tone]
  return (
    <svg viewBox="0 0 10 10" aria-hidden className={classes('size-2.5 shrink-0', className)}>
      {shape}
    </svg>
  )
}

export const STATE_TONE: Record<SliceState, Tone> = {
  draft: 'neutral',
  requested: 'waiting',
  approved: 'waiting',
  denied: 'failed',
  scheduled: 'waiting',
  provisioning: 'changing',
  running: 'running',
  degraded: 'failed',
  ending: 'changing',
  ended: 'neutral',
  failed: 'failed',
}

export const STATE_WORD: Record<SliceState, string> = {
  draft: 'Draft',
  requested: 'Requested',
  approved: 'Approved',
  denied: 'Denied',
  scheduled: 'Scheduled',
  provisioning: 'Coming up',
  running: 'Running',
  degraded: 'Degraded',
  ending: 'Ending',
  ended: 'Ended',
  failed: 'Failed',
}

export function Pill({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex h-5 items-center gap-1.5 rounded-full px-2 font-medium text-xs whitespace-nowrap',
        TONES[tone],
      )}
    >
      <ToneMark tone={tone} />
      {children}
    </span>
  )
}

export const StatePill = ({ state }: { state: SliceState }) => <Pill tone={STATE_TONE[state]}>{STATE_WORD[state]}</Pill>
