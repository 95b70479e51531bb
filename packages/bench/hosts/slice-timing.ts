// How long does a slice take to come up and to go, as an open page of the portal sees it? The page is told of changes and
// asks then; so do we, rather than ask all the time and be in the way of what is measured.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import type { PortalClient } from '../portal-client'

const Status = z.object({
  state: z.string(),
  reservation: z.object({ id: z.string(), problem: z.object({ message: z.string() }).nullable() }).nullable(),
  progress: z.object({ linksUp: z.number(), links: z.number(), hostsUp: z.number(), hosts: z.number() }),
})
export type SliceStatus = z.infer<typeof Status>

/** What the page of a slice looks again for. */
const Signals = z.object({ json: z.array(z.looseObject({ kind: z.string(), id: z.string().optional() })) })
/** At these at once; at how far it is, when its turn has come, as in portal/browser/live.tsx. */
const URGENT = ['slice', 'gap']
const PAUSE_PER_LOOK = 8

const PATIENCE_MS = 120_000
/** A hint may be lost; a page looks by itself as well. */
const LOOK_ANYWAY_MS = 1000

export class SliceWatch {
  private wake: () => void = () => undefined
  private changed = false
  private sliceId = ''
  /** When to look again at how far it is. */
  private turnMs = 0
  private lost: Error | null = null

  private constructor(
    private readonly portal: PortalClient,
    private readonly end: () => void,
  ) {}

  static async open(portal: PortalClient): Promise<SliceWatch> {
    let watch: SliceWatch | null = null
    const end = await portal.listen(
      'live.signals',
      (event) => {
        const signals = Signals.safeParse(event)
        for (const { kind, id } of signals.data?.json ?? [])
          if (id === undefined || id === watch?.sliceId) watch?.look(kind)
      },
      (error) => {
        if (watch) watch.lost = error
      },
    )
    watch = new SliceWatch(portal, end)
    return watch
  }

  close() {
    this.end()
  }

  private look(kind: string) {
    if (URGENT.includes(kind)) this.changed = true
    else if (kind !== 'progress' || performance.now() < this.turnMs) return
    this.wake()
  }

  status = async (sliceId: string): Promise<SliceStatus> =>
    Status.parse(await this.portal.glance('reservations.status', { sliceId }))

  /** To be called before what is to be seen of the slice is asked for. */
  follow(sliceId: string) {
    this.sliceId = sliceId
    this.changed = false
  }

  /** Looks whenever it is told that something of the slice that it follows has changed. */
  async until(sliceId: string, done: (status: SliceStatus) => boolean): Promise<SliceStatus> {
    let last = ''
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      // Times by the clock would be taken for times of ours.
      if (this.lost) throw this.lost
      if (!this.changed)
        await Promise.race([
          sleep(LOOK_ANYWAY_MS),
          new Promise<void>((resolve) => {
            this.wake = resolve
          }),
        ])
      this.changed = false
      const lookedMs = performance.now()
      const status = await this.status(sliceId)
      this.turnMs = performance.now() + PAUSE_PER_LOOK * (performance.now() - lookedMs)
      if (done(status)) return status
      if (status.state === 'denied') throw new Error(`denied: ${status.reservation?.problem?.message ?? 'no reason'}`)
      last = JSON.stringify({ state: status.state, ...status.progress })
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
  watch.follow(sliceId)
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
  watch.follow(sliceId)
  const stopped = performance.now()
  await portal.mutate('reservations.stop', { reservationId })
  await watch.until(sliceId, (s) => s.state === 'ended')
  const downS = (performance.now() - stopped) / 1000
  await portal.mutate('slices.delete', { sliceId })
  return downS
}
