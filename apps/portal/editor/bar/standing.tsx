'use client'
import { duration, shortTime, shortWindow, useNowNear } from '../../browser/time'
import { classes } from '../../components/classes'
import { At } from '../../components/when'
import type { SliceStatus } from '../workspace-context'
import { useView } from '../workspace-context'
import { comingUp, failedText, goingDown, shareDone } from './progress-words'
import { useElapsed } from './use-elapsed'

function downText({ hostsUp, hosts, linksUp, links }: SliceStatus['progress']): string {
  const parts = [
    hostsUp < hosts ? `${hosts - hostsUp} of ${hosts} hosts` : '',
    linksUp < links ? `${links - linksUp} of ${links} links` : '',
  ].filter(Boolean)
  return parts.length > 0 ? `${parts.join(' and ')} are not up` : 'a part is not up'
}

/** A window that is nearly over is told in amber, while there is time to extend it. */
const SOON_OVER_MS = 10 * 60_000

const COUNTS_DOWN: readonly string[] = ['scheduled', 'running', 'degraded']

const PLACING = 'A place is being found on the substrate.'

const left = (until: Date, now: Date) => duration(Math.max(0, until.getTime() - now.getTime()))

function text(status: SliceStatus, now: Date, elapsedMs: number): string {
  const { reservation, progress } = status
  if (status.state === 'draft') return 'Nothing is booked.'
  // Just booked: its state is known before the rest has been read.
  if (!reservation) return status.state === 'requested' ? 'Waits for an admin.' : PLACING
  const { startsAt, endsAt, decisionNote, problem } = reservation
  const window = shortWindow(startsAt, endsAt, now)
  switch (status.state) {
    case 'requested':
      return endsAt < now
        ? `Its window (${window}) is over, and no admin has decided.`
        : `Waits for an admin. Window: ${window}.`
    case 'approved':
      return PLACING
    case 'denied':
      return decisionNote ?? (problem ? `${problem.message} ${problem.hint}` : 'No reason was given.')
    case 'scheduled':
      return startsAt > now
        ? `Starts ${shortTime(startsAt, now)}, in ${left(startsAt, now)}; runs until ${shortTime(endsAt, now)}.`
        : `Starts now; runs until ${shortTime(endsAt, now)}.`
    case 'provisioning':
      return comingUp(progress, elapsedMs)
    case 'running':
      return `Until ${shortTime(endsAt, now)}, ${left(endsAt, now)} left.`
    case 'degraded':
      return `Until ${shortTime(endsAt, now)}, ${left(endsAt, now)} left; ${failedText(progress) ?? downText(progress)}. It is tried again by itself.`
    case 'ending':
      return goingDown(progress, elapsedMs)
    case 'ended':
      return `Its window was ${window}.`
    case 'failed':
      return problem ? `${problem.message} ${problem.hint}` : 'It could not be started.'
  }
}

export function Standing() {
  const status = useView((v) => v.status)
  const reservation = status?.reservation ?? null
  const since = status?.progress.since ?? null
  const elapsedMs = useElapsed(since)
  const now = useNowNear(reservation && (status?.state === 'scheduled' ? reservation.startsAt : reservation.endsAt))
  if (!status) return null
  const at = reservation?.endsAt
  const words = text(status, now, elapsedMs)
  const soon =
    at !== undefined && ['running', 'degraded'].includes(status.state) && at.getTime() - now.getTime() < SOON_OVER_MS
  const share = since === null ? null : shareDone(status.progress, elapsedMs)
  return (
    // Counting down would be read out at each second: there only the state, beside it, is said aloud.
    <p
      {...(!COUNTS_DOWN.includes(status.state) && { role: 'status' })}
      className={classes('flex min-w-0 items-center gap-2 text-sm', soon ? 'font-medium text-changing' : 'text-muted')}
      title={words}
    >
      {share !== null && (
        <span aria-hidden className="h-1.5 w-20 shrink-0 overflow-hidden rounded-full bg-sunken">
          <span className="block h-full bg-changing-line transition-[width]" style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <span className="line-clamp-2 md:line-clamp-1">{at ? <At at={at} text={words} /> : words}</span>
    </p>
  )
}
