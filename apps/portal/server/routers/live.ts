// What has changed that this person may see? Only which thing: the page asks for it anew, by the usual checks.
import { mayUseSlice } from '@myvini/store/access'
import type { Signal } from '../hint-bus'
import { type Context, router, signedIn } from '../trpc'

/** `substrate`: what is free or taken has changed somewhere. `slice`: how it stands; `progress`: how far its parts are. */
export type LiveSignal =
  | { kind: 'slice' | 'progress' | 'drift'; id: string }
  | { kind: 'node'; id: string }
  | { kind: 'substrate' | 'gap' }

/** Who may see a slice changes seldom: asked once a minute for each, not at each hint. */
const REMEMBER_MS = 60_000

class Sight {
  private known = new Map<string, { may: boolean; until: number }>()

  constructor(private readonly ctx: Context & { person: NonNullable<Context['person']> }) {}

  async sees(sliceId: string): Promise<boolean> {
    const { db, person, now } = this.ctx
    if (person.role === 'admin') return true
    const at = now().getTime()
    const known = this.known.get(sliceId)
    if (known && known.until > at) return known.may
    const { ok: may } = await mayUseSlice(db, person, sliceId)
    this.known.set(sliceId, { may, until: at + REMEMBER_MS })
    return may
  }

  async filter(signals: readonly Signal[]): Promise<LiveSignal[]> {
    const seen: LiveSignal[] = []
    for (const signal of signals) {
      const { kind } = signal
      if (kind === 'gap') seen.push({ kind })
      else if (kind === 'reservation') seen.push({ kind: 'substrate' })
      else if (kind === 'slice' || kind === 'progress' || kind === 'drift') {
        if (await this.sees(signal.id)) seen.push({ kind, id: signal.id })
      } else if (kind === 'node' || kind === 'published' || kind === 'reported' || kind === 'load') {
        if (this.ctx.person.role === 'admin') seen.push({ kind: 'node', id: signal.id })
      }
    }
    return seen
  }
}

export const liveRouter = router({
  signals: signedIn.subscription(async function* ({ ctx, signal }) {
    const sight = new Sight(ctx)
    const abort = signal ?? new AbortController().signal
    for await (const signals of ctx.hints.listen(abort)) {
      const seen = await sight.filter(signals)
      if (seen.length > 0) yield seen
    }
  }),
})
