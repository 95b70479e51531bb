// What do controller and agent say to each other? JSON lines over one SSH channel: requests, answers and events.
import { z } from 'zod'
import { NodeSpec } from './node-spec'
import { type Hello, NodeReport, type NodeStats } from './report'

/** A longer line is an attack or a bug: a spec for 2,000 hosts takes 5 MiB. */
export const LONGEST_LINE_BYTES = 64 * 1024 * 1024

export const ChannelProblem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  /** The part of a slice that it is about, by its key on the node. */
  subject: z.object({ kind: z.enum(['host', 'lan', 'link']), id: z.string() }).optional(),
})

export const Request = z.discriminatedUnion('method', [
  z.object({ id: z.number().int(), method: z.literal('hello') }),
  /** The spec is parsed by itself, so that a bad one gets an answer that names the field. */
  z.object({ id: z.number().int(), method: z.literal('apply'), spec: z.unknown() }),
  z.object({ id: z.number().int(), method: z.literal('observe') }),
  z.object({ id: z.number().int(), method: z.literal('stats') }),
  /** Ends the daemon after its answer, so that a new bundle takes over; what it hosts goes on. */
  z.object({ id: z.number().int(), method: z.literal('restart') }),
])
export type Request = z.infer<typeof Request>

export const Answer = z.discriminatedUnion('ok', [
  z.object({ id: z.number().int().nullable(), ok: z.literal(true), result: z.unknown() }),
  z.object({ id: z.number().int().nullable(), ok: z.literal(false), problem: ChannelProblem }),
])
export type Answer = z.infer<typeof Answer>

/** Sent without being asked, whenever something of the report has changed. */
export const ReportEvent = z.object({ event: z.literal('report'), report: NodeReport })

export const Incoming = z.union([ReportEvent, Answer])
export type Incoming = z.infer<typeof Incoming>

export interface Results {
  hello: Hello
  /** Accepted and on disk; what becomes of it comes as reports. */
  apply: { generation: number }
  observe: NodeReport
  stats: NodeStats
  restart: { generation: number }
}

export { NodeSpec }
