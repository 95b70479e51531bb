// What does a node say of what it found otherwise than its spec has it? Which thing, what of it, since when, how often.
import { z } from 'zod'
import { ReservationId } from '../ids'
import { PartKey } from './node-spec'

/** What was found; `driftWords` says it to people. */
export const DRIFT_KINDS = [
  'interface-gone',
  'interface-damaged',
  'namespace-gone',
  'container-ended',
  'path-missing',
  'rate-lost',
  'emulation-changed',
  'limits-lost',
  'gateway-changed',
  'neighbour-lost',
  'queue-changed',
  'stray',
] as const
export const DriftKind = z.enum(DRIFT_KINDS)
export type DriftKind = z.infer<typeof DriftKind>

/** Which part of which slice; all absent: it is about the node itself. */
export const DriftSubject = z.object({
  reservation: ReservationId.optional(),
  /** Key of a virtual host or LAN, and which interface of it. */
  host: PartKey.optional(),
  interface: z.string().max(15).optional(),
  link: PartKey.optional(),
})
export type DriftSubject = z.infer<typeof DriftSubject>

/** Something that was not as the spec says although nobody had asked for a change; it has been put right. */
export const Drift = DriftSubject.extend({
  /** When it was last put right. */
  at: z.iso.datetime(),
  /** In the node's own names, for its log and for whoever looks at the node itself. */
  what: z.string().max(300),
  /** Absent from agents of before these were told. */
  kind: DriftKind.optional(),
  /** When it was first put right, and how often since; repeats are told once. */
  since: z.iso.datetime().optional(),
  times: z.number().int().min(1).optional(),
})
export type Drift = z.infer<typeof Drift>
