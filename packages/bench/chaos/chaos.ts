// Round after round: people deploy, change and tear down while things are killed, cut, filled and set otherwise. After each
// round everything must be as promised within ten seconds of the last fault.
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@myvini/core/random'
import { Activities } from './activities'
import { Bystander } from './bystander'
import { findDivergences } from './check'
import type { Fault } from './faults/fault'
import { FAULTS } from './faults/faults'
import { TwinController } from './twin-controller'
import { World } from './world'

/** As the promise is: from the last fault on. */
export const SETTLE_MS = 10_000
/** Then it is given up; how long it really takes is still worth knowing. */
const GIVE_UP_MS = 90_000
const MOST_A_ROUND = 3

export interface Round {
  faults: string[]
  during: string
  /** From the last fault; null: it never was as promised. */
  settledMs: number | null
  /** What was still missing after `SETTLE_MS`; empty when it was in time. */
  late: string[]
  /** What never was as promised, or what was done to the bystander. */
  wrong: string[]
}

export class Chaos {
  readonly rounds: Round[] = []
  /** How often each fault was done. */
  readonly done = new Map<string, number>()
  private readonly random: () => number
  private readonly activities: Activities
  private deck: (readonly [name: string, fault: Fault])[] = []

  private constructor(
    readonly world: World,
    private readonly twin: TwinController,
    readonly bystander: Bystander,
    seed: number,
    private readonly log: (line: string) => void,
  ) {
    this.random = seededRandom(seed)
    this.activities = new Activities(world, this.random)
  }

  static async start(seed: number, log: (line: string) => void): Promise<Chaos> {
    const world = await World.start()
    const twin = await TwinController.start(world)
    const bystander = await Bystander.book(world)
    const chaos = new Chaos(world, twin, bystander, seed, log)
    try {
      await chaos.settle(performance.now())
      return chaos
    } catch (error) {
      await chaos.end()
      throw error
    }
  }

  get faults(): number {
    return this.rounds.reduce((sum, r) => sum + r.faults.length, 0)
  }

  /** Of all rounds, in words: what was wrong, and what was late. */
  get divergences(): string[] {
    return this.rounds.flatMap((r) => [...r.wrong, ...r.late])
  }

  /** Every fault once before any comes again, in an order that chance gives. */
  private deal(): readonly [name: string, fault: Fault] {
    if (this.deck.length === 0) {
      const all = Object.entries(FAULTS)
      while (all.length > 0) this.deck.push(...all.splice(Math.floor(this.random() * all.length), 1))
    }
    const next = this.deck.pop()
    if (!next) throw new Error('there are no faults')
    return next
  }

  async round(most = MOST_A_ROUND): Promise<Round> {
    const { world, twin, bystander, random } = this
    // All that chance decides is decided before anything is waited for: the seed gives the same whatever the machine does.
    const plan = Array.from({ length: 1 + Math.floor(random() * most) }, () => ({
      fault: this.deal(),
      afterMs: Math.round(random() * 700),
      seed: Math.floor(random() * 2 ** 31),
    }))
    const busy = this.activities.next()
    busy.catch(() => undefined) // awaited below
    const round: Round = { faults: [], during: '', settledMs: null, late: [], wrong: [] }
    for (const {
      fault: [name, fault],
      afterMs,
      seed,
    } of plan) {
      await sleep(afterMs)
      const context = { world, twin, bystander, slices: this.activities.slices, random: seededRandom(seed) }
      // What was to be hit may be down already: the round goes on, and the log says so.
      const hit = await fault(context).catch((e: Error) => `not done: ${e.message.slice(0, 200)}`)
      round.faults.push(`${name}: ${hit}`)
      this.done.set(name, (this.done.get(name) ?? 0) + 1)
      this.log(`#${this.faults + round.faults.length} ${name}: ${hit}`)
    }
    const lastFaultMs = performance.now()
    // Whoever has waited so long has been let down, whatever comes of it.
    const late = sleep(GIVE_UP_MS, 'something that was asked of the portal and never answered', { ref: false })
    round.during = await Promise.race([busy, late])
    await this.settle(lastFaultMs, round)
    this.rounds.push(round)
    const bad = [...round.wrong, ...round.late]
    const how = bad.length > 0 ? ` — DIVERGENCE: ${bad.slice(0, 5).join('; ')}` : ''
    const after =
      round.settledMs === null ? 'never as promised' : `as promised ${(round.settledMs / 1000).toFixed(1)} s after`
    this.log(`   during ${round.during}: ${after}${how}`)
    return round
  }

  private async settle(sinceMs: number, round?: Round) {
    let found: string[] = []
    let tellAtMs = SETTLE_MS
    /** As last seen in time. */
    let lacking: string[] | null = null
    for (;;) {
      const { slices, leaving } = this.activities
      found = await findDivergences(this.world, [this.bystander.slice, ...slices], leaving).catch((e: Error) => [
        e.message,
      ])
      const tookMs = performance.now() - sinceMs
      if (found.length === 0) {
        this.activities.leaving = []
        const complaints = await this.bystander.complaints()
        await this.bystander.listen()
        if (!round) return
        round.settledMs = tookMs
        if (tookMs > SETTLE_MS)
          round.late.push(`${(tookMs / 1000).toFixed(1)} s is too late (${lacking?.slice(0, 3).join('; ')})`)
        round.wrong.push(...complaints)
        return
      }
      if (tookMs < SETTLE_MS || !lacking) lacking = found
      if (tookMs > GIVE_UP_MS) break
      if (tookMs > tellAtMs) {
        this.log(`   after ${Math.round(tookMs / 1000)} s not yet: ${found.slice(0, 3).join('; ')}`)
        tellAtMs += SETTLE_MS
      }
      await sleep(50)
    }
    if (!round) throw new Error(`the installation did not come up: ${found.slice(0, 5).join('; ')}`)
    round.wrong.push(...found)
  }

  /** Everything is torn down by the portal, the bystander as well; what is left then anywhere, in words. */
  async finish(): Promise<string[]> {
    this.activities.slices.push(this.bystander.slice)
    while (this.activities.slices.length > 0) await this.activities.teardown()
    const since = performance.now()
    for (;;) {
      const found = await findDivergences(this.world, [], this.activities.leaving).catch((e: Error) => [e.message])
      if (found.length === 0 || performance.now() - since > GIVE_UP_MS) return found
      await sleep(50)
    }
  }

  async end() {
    await this.twin.end()
    await this.world.end()
  }
}
