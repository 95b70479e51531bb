// Which window is meant, as it is chosen in a form?

export interface WindowDraft {
  /** Null: now. */
  start: Date | null
  /** How long, or until when. */
  length: { hours: number } | { until: Date }
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

export const PRESETS: readonly { hours: number; label: string }[] = [
  { hours: 1, label: '1 h' },
  { hours: 2, label: '2 h' },
  { hours: 4, label: '4 h' },
  { hours: 8, label: '8 h' },
  { hours: 24, label: '1 day' },
  { hours: 72, label: '3 days' },
  { hours: 168, label: '1 week' },
]

/** Whole minutes, so that the same question is not asked anew at every tick. */
export const toMinute = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS)

/** The next full half hour: a sensible first guess for "at a time". */
export const nextHalfHour = (now: Date): Date => new Date(Math.ceil(now.getTime() / (30 * MINUTE_MS)) * 30 * MINUTE_MS)

/** Hours are hours, also in the night when the clocks change. */
export function windowOf(draft: WindowDraft, now: Date): { startsAt: Date; endsAt: Date } {
  const startsAt = draft.start ?? toMinute(now)
  const endsAt =
    'until' in draft.length ? draft.length.until : new Date(startsAt.getTime() + draft.length.hours * HOUR_MS)
  return { startsAt, endsAt }
}

/** The same length, from another start on. */
export const startedAt = (draft: WindowDraft, start: Date, lengthMs: number): WindowDraft => ({
  start,
  length: 'until' in draft.length ? { until: new Date(start.getTime() + lengthMs) } : draft.length,
})
