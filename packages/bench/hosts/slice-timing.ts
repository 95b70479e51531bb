// How long does a slice take to come up and to go, as an open page of the portal sees it? The page is told of changes and
// asks then; so do we, rather than ask all the time and be in the way of what is measured.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import type { PortalClient } from '../portal-client'

const Status = z.object({
  state: z.string(),
  reservation: z.looseObject({ id: z.string(), problem: z.looseObject({ message: z.string() }).nullable() }).nullable(),
  progress: z.looseObject({ linksUp: z.number(), links: z.number(), hostsUp: z.number(), hosts: z.number() }),
})
export type SliceStatus = z.infer<typeof Status>

/** What the page of a slice looks again for. */
const Signals = z.object({ json: z.array(z.looseObject({ kind: z.string(), id: z.string().optional() })) })
const CONCERNS = ['slice', 'progress', 'gap']

const PATIENCE_MS = 120_000
/** A hint may be lost; a page looks by itself as well. */
const LOOK_ANYWAY_MS = 1000

export class SliceWatch {
  private wake: () => void = () => undefined
  private changed = false
  private sliceId = ''

  private constructor(
    private readonly portal: PortalClient,
    private readonly end: () => void,
  ) {}

  static async open(portal: PortalClient): Promise<SliceWatch> {
    let watch: SliceWatch | null = null
    const end = await portal.listen('live.signals', (event) => {
      const signals = Signals.safeParse(event)
      for (const { kind, id } of signals.data?.json ?? [])
        if (watch && CONCERNS.includes(kind) && (id === undefined || id === watch.sliceId)) watch.look()
    })
    watch = new SliceWatch(portal, end)
    return watch
  }

  close() {
    this.end()
  }

  private look() {
    this.changed = true
    this.wake()
  }

  status = async (sliceId: string): Promise<SliceStatus> =>
    Status.parse(await this.portal.query('reservations.status', { sliceId }))

  async until(sliceId: string, done: (status: SliceStatus) => boolean): Promise<SliceStatus> {
    let last = ''
    this.sliceId = sliceId
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      this.changed = false
      const status = await this.status(sliceId)
      if (done(status)) return status
      if (status.state === 'denied') throw new Error(`denied: ${status.reservation?.problem?.message ?? 'no reason'}`)
      last = JSON.stringify({ state: status.state, ...status.progress })
      if (!this.changed)
        await Promise.race([
          sleep(LOOK_ANYWAY_MS),
          new Promise<void>((resolve) => {
            this.wake = resolve
          }),
        ])
    }
    throw new Error(`slice ${sliceId} did not get there within ${PATIENCE_MS / 1000} s; it is ${last}`)
  }
}

export const isAllUp = ({ state, progress }: SliceStatus): boolean =>
  state === 'running' && progress.linksUp === progress.links && progress.hostsUp === progress.hosts

export interface Running {
  sliceId: string
  reservationId: string
  upS: number
}

/** From the click on "Book, from now" until every host and link is up. */
export async function bringUp(
  portal: PortalClient,
  watch: SliceWatch,
  projectId: string,
  topology: Topology,
): Promise<Running> {
  const created = z.object({ id: z.string() }).parse(await portal.mutate('slices.create', { projectId, topology }))
  const sliceId = created.id
  const booked = performance.now()
  await portal.mutate('reservations.book', {
    ...{ sliceId, revision: 1, startsAt: null, endsAt: new Date(Date.now() + 3_600_000) },
    ...{ reason: 'benchmark', placement: 'spread' },
  })
  const status = await watch.until(sliceId, isAllUp)
  const reservationId = status.reservation?.id ?? ''
  return { sliceId, reservationId, upS: (performance.now() - booked) / 1000 }
}

/** From the click on "Stop" until nothing is left on any node. */
export async function takeDown(portal: PortalClient, watch: SliceWatch, running: Running): Promise<number> {
  const { sliceId, reservationId } = running
  const stopped = performance.now()
  await portal.mutate('reservations.stop', { reservationId })
  await watch.until(sliceId, (s) => s.state === 'ended')
  const downS = (performance.now() - stopped) / 1000
  await portal.mutate('slices.delete', { sliceId })
  return downS
}
