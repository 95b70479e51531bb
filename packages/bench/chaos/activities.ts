// What do people do meanwhile? They deploy, change and tear down slices by the portal's API, and ask again when it does not
// answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { UNIMPAIRED } from '@myvini/core/topology/emulation'
import type { Topology } from '@myvini/core/topology/topology'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import { z } from 'zod'
import { chainOf } from '../hosts/chain'
import { insist, LiveSlice } from './slices'
import type { World } from './world'

const MOST_SLICES = 4
/** Longer than any run, and than any jump of a clock. */
const WINDOW_MS = 12 * 3_600_000

/** Drawn and booked from now on, as a person would. */
export async function bookSlice(
  { installation: { portal, projectId } }: World,
  topology: Topology,
): Promise<LiveSlice> {
  const created = await insist(() => portal.mutate('slices.create', { projectId, topology }))
  const { id: sliceId } = z.object({ id: z.string() }).parse(created)
  const slice = new LiveSlice(sliceId, topology, portal)
  await insist(async () => {
    // A request whose answer was lost may have been heard: look before asking again.
    if ((await slice.status()).state !== 'draft') return
    await portal.mutate('reservations.book', {
      ...{ sliceId, revision: 1, startsAt: null, endsAt: new Date(Date.now() + WINDOW_MS) },
      ...{ reason: 'chaos', placement: 'spread' },
    })
  })
  return slice
}

export class Activities {
  readonly slices: LiveSlice[] = []
  /** Told to end, and not yet seen to have ended. */
  leaving: LiveSlice[] = []

  constructor(
    private readonly world: World,
    private readonly random: () => number,
  ) {}

  /** One of them, as chance wants; tells what it was. What is promised afterwards is in `slices`. */
  async next(): Promise<string> {
    const dice = this.random()
    if (this.slices.length === 0 || (dice < 0.4 && this.slices.length < MOST_SLICES)) return this.deploy()
    return dice < 0.7 ? this.change() : this.teardown()
  }

  async deploy(): Promise<string> {
    // Containers take long to start where two cores do everything else as well: few of them. Their disks are small, as the
    // nodes' are: a slice for which there is no room is refused, and that is no divergence.
    const isContainers = this.random() < 0.3 && NO_CONTAINERS === null
    const chain = isContainers
      ? { hosts: 2 + Math.floor(this.random() * 2), class: 'vserver' as const, memoryMib: 32, diskMib: 32 }
      : { hosts: 3 + Math.floor(this.random() * 10) }
    this.slices.push(await bookSlice(this.world, chainOf(chain)))
    return `deploy of ${chain.hosts} ${isContainers ? 'containers' : 'hosts'}`
  }

  async teardown(): Promise<string> {
    const [slice] = this.slices.splice(Math.floor(this.random() * this.slices.length), 1)
    if (!slice) return 'nothing'
    this.leaving.push(slice)
    await insist(async () => {
      const { state } = await slice.status()
      if (state === 'ending' || state === 'ended') return
      await this.world.installation.portal.mutate('reservations.stop', { reservationId: slice.reservationId })
    })
    return `teardown of ${slice.topology.hosts.length} hosts`
  }

  /** Live: none of it is booked again. It ends with all of the slice running. */
  private async change(): Promise<string> {
    const slice = this.slices[Math.floor(this.random() * this.slices.length)]
    const host = slice?.topology.hosts[Math.floor(this.random() * slice.topology.hosts.length)]
    const link = slice?.topology.links[0]
    if (!slice || !host || !link) return 'nothing'
    const { portal } = this.world.installation
    const { sliceId } = slice
    const power = (action: string) => insist(() => portal.mutate('hosts.power', { sliceId, hosts: [host.id], action }))
    const emulate = async (change: Partial<typeof UNIMPAIRED>) => {
      const way = { ...UNIMPAIRED, ...change }
      const { reservationId } = slice
      await insist(() => portal.mutate('emulation.change', { reservationId, linkId: link.id, emulation: [way, way] }))
    }
    await insist(() => slice.status())
    switch (Math.floor(this.random() * 4)) {
      case 0:
        await emulate({ down: true })
        await sleep(this.random() * 500)
        slice.delayMs = 0
        await emulate({})
        return `a link of ${sliceId} down and up`
      case 1:
        slice.delayMs = 5 + Math.floor(this.random() * 20)
        await emulate({ delayMs: slice.delayMs })
        return `a link of ${sliceId} delayed by ${slice.delayMs} ms`
      case 2: {
        await power('stop')
        await sleep(this.random() * 500)
        const again = host.class === 'vserver' && this.random() < 0.5 ? 'reset' : 'start'
        await power(again)
        return `stop and ${again} of ${host.name} in ${sliceId}`
      }
      default: {
        const size = { cpuPercent: 1 + Math.floor(this.random() * 5), cpuCapped: false, processes: 256 }
        const memoryMib = 32 + Math.floor(this.random() * 32)
        await insist(() => portal.mutate('hosts.resize', { sliceId, host: host.id, ...size, memoryMib }))
        return `${host.name} of ${sliceId} given ${memoryMib} MiB`
      }
    }
  }
}
