// What is said of the drawing while it is drawn: it fits, it fits from then on, or never, and why.
import type { Embedding, EmbeddingProblem } from '@myvini/core/embedding/embedding'
import type { Window } from '@myvini/core/reservation/timeline'
import type { Problem } from '@myvini/core/result'
import { shortTime } from '../../browser/time'
import type { WindowDraft } from '../booking/window'

export type Placement = 'spread' | 'pack' | 'distinct'

/** When and how somebody means to run the drawing; the answer is for this. */
export interface Plan {
  window: WindowDraft
  placement: Placement
}

export type Answer =
  /** Nothing is drawn, or what is drawn is booked already. */
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'unknown'; error: unknown; retry: () => void }
  /** The window or the policy stands in the way before any search. */
  | { kind: 'refused'; problem: Problem }
  | { kind: 'fits'; window: Window; embedding: Embedding; nodes: number }
  /** `slots`: the next windows in which it fits, the earliest first; null while they are looked for. */
  | { kind: 'later'; window: Window; problem: EmbeddingProblem; slots: readonly Window[] | null }
  | { kind: 'never'; window: Window; problem: EmbeddingProblem }

/** What stands in the way, where something does. */
export const problemIn = (answer: Answer): EmbeddingProblem | null =>
  answer.kind === 'later' || answer.kind === 'never' ? answer.problem : null

const SOON_MS = 90_000

/** The answer in a few words: "Fits now", "Fits from Tue 14:00", "Never fits". */
export function headlineOf(answer: Answer, now: Date): string {
  switch (answer.kind) {
    case 'none':
      return ''
    case 'asking':
      return 'Looking for a place'
    case 'unknown':
      return 'Whether it fits is not known'
    case 'refused':
      return 'It cannot be booked as it is'
    case 'fits': {
      const from = answer.window.fromMs
      const when = from <= now.getTime() + SOON_MS ? 'now' : shortTime(new Date(from), now)
      return `Fits ${when}, on ${answer.nodes} ${answer.nodes === 1 ? 'node' : 'nodes'}`
    }
    case 'later': {
      const [slot] = answer.slots ?? []
      if (slot) return `Fits from ${shortTime(new Date(slot.fromMs), now)}`
      const asked = answer.window.fromMs <= now.getTime() + SOON_MS ? 'now' : 'in that window'
      return answer.slots === null ? `Does not fit ${asked}` : 'Does not fit, as far ahead as may be booked'
    }
    case 'never':
      return 'Never fits'
  }
}
