// Who is told when something changes? One LISTEN connection of the process, fanned out to every open page.
import { type Hint, type Listener, listenForHints } from '@myvini/store/hints'
import { isUrgent } from '../urgency'

/** `gap`: hints may have been missed; look at everything again. */
export type Signal = Hint | { kind: 'gap' }

export interface HintBus {
  /** Signals until `abort`, urgent ones at once; those that arrive while the reader is busy are kept once each. */
  listen(abort: AbortSignal): AsyncGenerator<Signal[]>
  close(): Promise<void>
}

const keyOf = (signal: Signal) => (signal.kind === 'gap' ? 'gap' : `${signal.kind} ${signal.id}`)

/** Hints come in bursts while a slice is brought up; a page need not look more often than this, nor for progress than that. */
const GATHER_MS = 60
const GATHER_PROGRESS_MS = 250

export class Mailbox {
  private waiting = new Map<string, Signal>()
  private wake: (() => void) | null = null
  private ended = false

  put(signal: Signal) {
    this.waiting.set(keyOf(signal), signal)
    this.wake?.()
  }

  end() {
    this.ended = true
    this.wake?.()
  }

  /** All that has arrived: at once if something of it is urgent, else a moment after the first. Empty only at the end. */
  async take(): Promise<Signal[]> {
    if (this.waiting.size === 0 && !this.ended) await this.woken()
    const until = performance.now() + GATHER_PROGRESS_MS
    const mayWait = () => !this.ended && ![...this.waiting.values()].some(isUrgent)
    for (let left = GATHER_PROGRESS_MS; left > 0 && mayWait(); left = until - performance.now()) await this.woken(left)
    const all = [...this.waiting.values()]
    this.waiting.clear()
    return all
  }

  private woken(withinMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs)
      this.wake = () => {
        clearTimeout(timer)
        this.wake = null
        resolve()
      }
    })
  }
}

export function createHintBus(url: string): HintBus {
  const mailboxes = new Set<Mailbox>()
  let listener: Listener | null = null
  const tellAll = (signal: Signal) => {
    for (const mailbox of mailboxes) mailbox.put(signal)
  }
  return {
    async *listen(abort) {
      listener ??= listenForHints(url, tellAll, () => tellAll({ kind: 'gap' }))
      const mailbox = new Mailbox()
      mailboxes.add(mailbox)
      abort.addEventListener('abort', () => mailbox.end(), { once: true })
      try {
        while (!abort.aborted) {
          const signals = await mailbox.take()
          if (signals.length > 0) yield signals
          if (signals.some(isUrgent)) await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
        }
      } finally {
        mailboxes.delete(mailbox)
      }
    },
    async close() {
      await listener?.close()
    },
  }
}
