// How does a virtual link treat what is sent over it? Settings of one direction, and both directions of a link.
import { z } from 'zod'

const Percent = z.number().min(0).max(100)
/** Ten seconds: beyond, no protocol waits, and what is on its way takes memory on the node. */
export const MOST_DELAY_MS = 10_000
/** A trace is named by what is in it (SHA-256, the first 32 hex digits): the same file is the same trace everywhere. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/)

export const Impairment = z.object({
  /** Nothing that is sent arrives, as over a cut fibre. */
  down: z.boolean().default(false),
  /** The most it carries, beside what was reserved; null: no such limit. */
  rateMbps: z.number().min(0.01).max(100_000).nullable().default(null),
  /** One way, beside what the substrate takes. */
  delayMs: z.number().min(0).max(MOST_DELAY_MS).default(0),
  /** Normal: standard deviation. Uniform: the most it is earlier or later. Never reorders. */
  jitterMs: z.number().min(0).max(MOST_DELAY_MS).default(0),
  jitterShape: z.enum(['normal', 'uniform']).default('normal'),
  lossPercent: Percent.default(0),
  /** How much likelier a loss is after a loss; the share lost in the long run stays `lossPercent` (Gilbert 1960). */
  lossCorrelationPercent: Percent.max(99).default(0),
  duplicatePercent: Percent.default(0),
  /** This share skips the delay and overtakes. */
  reorderPercent: Percent.default(0),
  /** One bit flipped. */
  corruptPercent: Percent.default(0),
  /** Rate, delay and loss over time; the rate replaces `rateMbps`, the delay is added, the larger loss counts. */
  trace: z
    .object({ id: TraceId, name: z.string().max(80), loop: z.boolean() })
    .nullable()
    .default(null),
})
export type Impairment = z.infer<typeof Impairment>

/** From the link's first end to its second, and back. */
export const Emulation = z.tuple([Impairment, Impairment])
export type Emulation = z.infer<typeof Emulation>

export const UNIMPAIRED: Impairment = {
  down: false,
  rateMbps: null,
  delayMs: 0,
  jitterMs: 0,
  jitterShape: 'normal',
  lossPercent: 0,
  lossCorrelationPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  corruptPercent: 0,
  trace: null,
}

/** Nothing happens to what is sent but that it may be delayed by the substrate. The jitter's shape alone does nothing. */
export const isUnimpaired = (i: Impairment): boolean =>
  !i.down &&
  i.rateMbps === null &&
  i.trace === null &&
  i.delayMs + i.jitterMs + i.lossPercent + i.duplicatePercent + i.reorderPercent + i.corruptPercent === 0

/** Null when neither direction does anything, so that two drawings that mean the same are the same. */
export const emulationOf = (there: Impairment, back: Impairment): Emulation | null =>
  isUnimpaired(there) && isUnimpaired(back) ? null : [there, back]

const short = (value: number) => `${Math.round(value * 100) / 100}`

/** What a person sees beside a link: `20 ms ± 2 · 1 % loss · 8 Mbit/s`. */
export function impairmentWords(i: Impairment): string {
  if (i.down) return 'down'
  const words = [
    i.trace?.name ?? false,
    i.rateMbps !== null && !i.trace && `${short(i.rateMbps)} Mbit/s`,
    (i.delayMs > 0 || i.jitterMs > 0) && `${short(i.delayMs)} ms${i.jitterMs > 0 ? ` ± ${short(i.jitterMs)}` : ''}`,
    i.lossPercent > 0 && `${short(i.lossPercent)} % loss`,
    i.duplicatePercent > 0 && `${short(i.duplicatePercent)} % twice`,
    i.reorderPercent > 0 && `${short(i.reorderPercent)} % reordered`,
    i.corruptPercent > 0 && `${short(i.corruptPercent)} % damaged`,
  ]
  return words.filter((w) => w !== false).join(' · ')
}

/** Both directions in one line; they are told apart only where they differ. */
export function emulationWords(emulation: Emulation | null): string {
  if (!emulation) return ''
  const [there, back] = emulation.map(impairmentWords)
  if (there === back) return there ?? ''
  return `→ ${there || 'plain'} / ← ${back || 'plain'}`
}
