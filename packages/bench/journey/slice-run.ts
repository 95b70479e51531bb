// One run of a template: booked, up, stopped, gone; how long each took, as the portal's user sees it.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { PortalClient } from '../portal-client'

const Status = z.object({
  state: z.string(),
  reservation: z.object({ id: z.string(), problem: z.object({ message: z.string() }).nullable() }).nullable(),
  progress: z.object({ linksUp: z.number(), links: z.number(), hostsUp: z.number(), hosts: z.number() }),
})
type Status = z.infer<typeof Status>

const LOOK_EVERY_MS = 4
const PATIENCE_MS = 60_000

async function until(portal: PortalClient, sliceId: string, done: (status: Status) => boolean): Promise<Status> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const status = Status.parse(await portal.query('reservations.status', { sliceId }))
    if (done(status)) return status
    if (status.state === 'denied') throw new Error(`denied: ${status.reservation?.problem?.message ?? 'no reason'}`)
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`slice ${sliceId} did not get there within ${PATIENCE_MS / 1000} s`)
}

export interface SliceRun {
  upMs: number
  downMs: number
}

/** From the click on "Book" until every host and link is up, and from the click on "Stop" until nothing is left. */
export async function runSlice(
  portal: PortalClient,
  projectId: string,
  what: { template: string } | { topology: unknown },
): Promise<SliceRun> {
  const { id: sliceId } = z
    .object({ id: z.string() })
    .parse(await portal.mutate('slices.create', { projectId, ...what }))
  const booking = {
    sliceId,
    revision: 1,
    startsAt: null,
    endsAt: new Date(Date.now() + 3_600_000),
    reason: 'benchmark',
    placement: 'spread',
  }
  const booked = performance.now()
  await portal.mutate('reservations.book', booking)
  const status = await until(
    portal,
    sliceId,
    (s) => s.state === 'running' && s.progress.linksUp === s.progress.links && s.progress.hostsUp === s.progress.hosts,
  )
  const up = performance.now()
  await portal.mutate('reservations.stop', { reservationId: status.reservation?.id })
  await until(portal, sliceId, (s) => s.state === 'ended')
  const down = performance.now()
  await portal.mutate('slices.delete', { sliceId })
  return { upMs: up - booked, downMs: down - up }
}
