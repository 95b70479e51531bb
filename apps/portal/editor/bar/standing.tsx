'use client'
import { shortTime, shortWindow, useNow } from '../../browser/time'
import { At } from '../../components/when'
import type { SliceStatus } from '../workspace-context'
import { useView } from '../workspace-context'

const list = (names: readonly string[]): string =>
  names.length <= 2 ? names.join(' and ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`

/** "12 of 14 links up, waiting for chicago-1". */
export function progressText({ hostsUp, hosts, linksUp, links, waitingFor }: SliceStatus['progress']): string {
  const done = hostsUp < hosts ? `${hostsUp} of ${hosts} hosts up` : `${linksUp} of ${links} links up`
  return waitingFor.length > 0 ? `${done}, waiting for ${list(waitingFor)}` : done
}

function downText({ hostsUp, hosts, linksUp, links }: SliceStatus['progress']): string {
  const parts = [
    hostsUp < hosts ? `${hosts - hostsUp} of ${hosts} hosts` : '',
    linksUp < links ? `${links - linksUp} of ${links} links` : '',
  ].filter(Boolean)
  return parts.length > 0 ? `${parts.join(' and ')} are not up` : 'a part is not up'
}

function text(status: SliceStatus, now: Date): string {
  const { reservation, progress } = status
  if (!reservation) return 'Nothing is booked.'
  const { startsAt, endsAt, decisionNote, problem } = reservation
  const window = shortWindow(startsAt, endsAt, now)
  switch (status.state) {
    case 'draft':
      return 'Nothing is booked.'
    case 'requested':
      return endsAt < now
        ? `Its window (${window}) is over, and no admin has decided.`
        : `Waits for an admin. Window: ${window}.`
    case 'approved':
      return 'A place is being found on the substrate.'
    case 'denied':
      return decisionNote ?? (problem ? `${problem.message} ${problem.hint}` : 'No reason was given.')
    case 'scheduled':
      return `Starts ${shortTime(startsAt, now)}; runs until ${shortTime(endsAt, now)}.`
    case 'provisioning':
      return `${progressText(progress)}.`
    case 'running':
      return `Until ${shortTime(endsAt, now)}.`
    case 'degraded':
      return `Until ${shortTime(endsAt, now)}; ${downText(progress)}. It is tried again by itself.`
    case 'ending':
      return progress.waitingFor.length > 0
        ? `Being taken down, waiting for ${list(progress.waitingFor)}.`
        : 'Being taken down.'
    case 'ended':
      return `Its window was ${window}.`
    case 'failed':
      return problem ? `${problem.message} ${problem.hint}` : 'It could not be started.'
  }
}

export function Standing() {
  const status = useView((v) => v.status)
  const now = useNow()
  if (!status) return null
  const at = status.reservation?.endsAt
  const words = text(status, now)
  const changing = status.state === 'provisioning'
  const share = changing
    ? (status.progress.hostsUp + status.progress.linksUp) / Math.max(1, status.progress.hosts + status.progress.links)
    : null
  return (
    <p role="status" aria-live="polite" className="flex min-w-0 items-center gap-2 text-muted text-sm" title={words}>
      {share !== null && (
        <span aria-hidden className="h-1.5 w-20 shrink-0 overflow-hidden rounded-full bg-sunken">
          <span className="block h-full bg-changing-line transition-[width]" style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <span className="line-clamp-2 md:line-clamp-1">{at ? <At at={at} text={words} /> : words}</span>
    </p>
  )
}
