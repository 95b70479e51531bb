// Where is a player in a recording, and what has the screen to be told to get there? Pure: the clock is an argument.
import type { Cast, CastEvent } from '@myvini/core/recording/cast'

export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const

export interface Screen {
  reset(columns: number, rows: number): void
  write(text: string): void
  resize(columns: number, rows: number): void
}

export class Playback {
  /** The first event that has not been shown. */
  private next = 0
  atMs = 0

  constructor(
    private readonly cast: Cast,
    private readonly screen: Screen,
  ) {
    screen.reset(cast.columns, cast.rows)
  }

  get isOver(): boolean {
    return this.atMs >= this.cast.durationMs
  }

  /** Backwards begins anew: what a screen shows follows from all that it was told. */
  seek(wantedMs: number) {
    const toMs = Math.max(0, Math.min(this.cast.durationMs, wantedMs))
    if (toMs < this.atMs) {
      this.screen.reset(this.cast.columns, this.cast.rows)
      this.next = 0
    }
    this.atMs = toMs
    let text = ''
    for (let event = this.due(); event; event = this.due()) {
      this.next++
      if (event.kind === 'output') text += event.text
      else {
        if (text !== '') this.screen.write(text)
        text = ''
        this.screen.resize(event.columns, event.rows)
      }
    }
    if (text !== '') this.screen.write(text)
  }

  private due(): CastEvent | undefined {
    const event = this.cast.events[this.next]
    return event && event.atMs <= this.atMs ? event : undefined
  }
}
