// `./myvini bench chaos [--faults N] [--seed N]`: things are killed, cut and switched off while slices come, run and go.
// Within ten seconds of the last fault every node must be exactly as promised. The seed replays the same faults at the
// same points; what each of them meets there depends on the machine's own timing.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { seededRandom } from '@myvini/core/random'
import { z } from 'zod'
import { type Figure, quantile } from '../figure'
import { chainOf } from '../hosts/chain'
import type { BenchOptions } from '../main'
import { findDivergences } from './check'
import { FAULTS } from './faults'
import { insist, LiveSlice } from './slices'
import { World } from './world'

/** As the promise is: from the last fault on. */
const SETTLE_MS = 10_000
/** Then it is a divergence; how long it really takes is still worth knowing. */
const GIVE_UP_MS = 60_000
const MOST_SLICES = 4

class Chaos {
  readonly slices: LiveSlice[] = []
  readonly settledMs: number[] = []
  faults = 0
  divergences = 0

  constructor(
    private readonly world: World,
    private readonly random: ReturnType<typeof seededRandom>,
    private readonly log: (line: string) => void,
  ) {}

  private async deploy(): Promise<string> {
    const { portal, projectId } = this.world.installation
    const topology = chainOf({ hosts: 3 + Math.floor(this.random() * 10) })
    const created = await insist(() => portal.mutate('slices.create', { projectId, topology }))
    const { id: sliceId } = z.object({ id: z.string() }).parse(created)
    const slice = new LiveSlice(sliceId, topology, portal)
    await insist(async () => {
      // A request whose answer was lost may have been heard: look before asking again.
      if ((await slice.status()).state !== 'draft') return
      await portal.mutate('reservations.book', {
        ...{ sliceId, revision: 1, startsAt: null, endsAt: new Date(Date.now() + 6 * 3_600_000) },
        ...{ reason: 'chaos', placement: 'spread' },
      })
    })
    this.slices.push(slice)
    return `deploy of ${topology.hosts.length} hosts`
  }

  private async teardown(): Promise<string> {
    const [slice] = this.slices.splice(Math.floor(this.random() * this.slices.length), 1)
    if (!slice) return 'nothing'
    await insist(async () => {
      const { state } = await slice.status()
      if (state === 'ending' || state === 'ended') return
      await this.world.installation.portal.mutate('reservations.stop', { reservationId: slice.reservationId })
    })
    return `teardown of ${slice.topology.hosts.length} hosts`
  }

  private activity(): Promise<string> {
    const dice = this.random()
    if (this.slices.length === 0 || (dice < 0.5 && this.slices.length < MOST_SLICES)) return this.deploy()
    return dice < 0.8 ? this.teardown() : Promise.resolve('nothing else')
  }

  async round() {
    const names = Object.keys(FAULTS)
    const plan = Array.from({ length: 1 + Math.floor(this.random() * 3) }, () => ({
      name: names[Math.floor(this.random() * names.length)] ?? '',
      afterMs: Math.round(this.random() * 700),
      seed: Math.floor(this.random() * 2 ** 31),
    }))
    const busy = this.activity()
    busy.catch(() => undefined) // awaited below
    for (const { name, afterMs, seed } of plan) {
      await sleep(afterMs)
      const fault = FAULTS[name]
      const hit = fault
        ? await fault({ world: this.world, random: seededRandom(seed), slices: this.slices })
        : 'no such fault'
      this.log(`#${++this.faults} ${name}: ${hit}`)
    }
    const lastFault = performance.now()
    const during = await busy
    let found: string[] = []
    for (;;) {
      found = await findDivergences(this.world, this.slices).catch((error: Error) => [error.message])
      const tookMs = performance.now() - lastFault
      if (found.length === 0) {
        this.settledMs.push(tookMs)
        const late = tookMs > SETTLE_MS
        if (late) this.divergences++
        this.log(`   during ${during}: as promised ${(tookMs / 1000).toFixed(1)} s after${late ? ' — TOO LATE' : ''}`)
        return
      }
      if (tookMs > GIVE_UP_MS) break
      await sleep(50)
    }
    this.divergences++
    this.log(`   DIVERGENCE during ${during}: ${found.slice(0, 5).join('; ')}`)
  }
}

export async function bench({ quick, rest, log }: BenchOptions): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...rest],
    options: { faults: { type: 'string' }, seed: { type: 'string' } },
  })
  const faults = Number(values.faults ?? (quick ? 30 : 200))
  const seed = Number(values.seed ?? 1)
  log(`starting an installation of its own; seed ${seed} …`)
  const world = await World.start()
  const chaos = new Chaos(world, seededRandom(seed), log)
  try {
    while (chaos.faults < faults) await chaos.round()
  } finally {
    await world.own.end()
  }
  const method = `seed ${seed}; kill -9 of controller, portal, Postgres, sshd, agent and trellis, power cuts, cut links, guests deleting interfaces, specs twice and late`
  const figure = (id: string, value: number, unit: string, goal: string, n: number): Figure => ({
    ...{ id, value, unit, baseline: null, goal, n, method },
  })
  const rounds = chaos.settledMs.length
  return [
    figure('chaos_faults', chaos.faults, '', '≥ 200', 1),
    figure('chaos_divergences', chaos.divergences, '', '0', rounds),
    figure('chaos_settle_p50_s', quantile(chaos.settledMs, 0.5) / 1000, 's', '', rounds),
    figure('chaos_settle_max_s', quantile(chaos.settledMs, 1) / 1000, 's', '≤ 10', rounds),
  ]
}
