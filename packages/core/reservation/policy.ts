// Who may book how much, and what is approved without asking? Policy is data that an admin edits.
import { z } from 'zod'
import type { EmbeddingRequest } from '../embedding/request'
import { fail, ok, type Result } from '../result'

const Limits = z.object({
  /** Virtual hosts of one slice. */
  hosts: z.number().int().min(0),
  /** 100 is one core. */
  cpuPercent: z.number().min(0),
  /** Sum over all virtual links of one slice. */
  linkMbps: z.number().min(0),
  windowHours: z.number().min(0),
})
export type Limits = z.infer<typeof Limits>

const NodeFailurePolicy = z.object({
  /**
   * `re-embed`: what it carried moves to other nodes, where they have room. `tell`: people are told what is hurt, and it
   * waits for the node. `wait`: it waits, shown as degraded.
   */
  action: z.enum(['re-embed', 'tell', 'wait']),
  /** A node that does not answer for so long has failed; shorter is a hiccup. */
  graceSeconds: z.number().min(0).max(86_400),
})
const DEFAULT_NODE_FAILURE: z.infer<typeof NodeFailurePolicy> = { action: 're-embed', graceSeconds: 3 }

export const Policy = z.object({
  /** Beyond these a request is refused at once. */
  most: Limits,
  /** Up to these it is approved at once; beyond, it waits for an admin. */
  automatic: Limits,
  slicesAtOnce: z.number().int().min(1),
  bookAheadDays: z.number().min(0),
  /** A few words on what it is for are asked of whoever needs an admin's approval, or of everyone. */
  reason: z.enum(['never', 'for-approval', 'always']),
  /** Links that ask for it may take what is idle on their substrate links; false: no link ever exceeds its capacity. */
  shareIdle: z.boolean().default(true),
  onNodeFailure: NodeFailurePolicy.default(DEFAULT_NODE_FAILURE),
})
export type Policy = z.infer<typeof Policy>

export const DEFAULT_POLICY: Policy = {
  most: { hosts: 500, cpuPercent: 3200, linkMbps: 100_000, windowHours: 24 * 14 },
  automatic: { hosts: 12, cpuPercent: 200, linkMbps: 2_000, windowHours: 8 },
  slicesAtOnce: 10,
  bookAheadDays: 60,
  reason: 'for-approval',
  shareIdle: true,
  onNodeFailure: DEFAULT_NODE_FAILURE,
}

export interface Booking {
  request: EmbeddingRequest
  /** Milliseconds since 1970, UTC. */
  startsAtMs: number
  endsAtMs: number
  reason: string
  /** Slices of the same project that hold capacity within this window. */
  slicesInWindow: number
}

const HOUR_MS = 3_600_000
/** A window may begin a little in the past: clocks differ, and people take a moment to press the button. */
const SLACK_MS = 5 * 60_000
/** Shorter is over before it is up. */
const SHORTEST_MS = 60_000

interface Amount {
  what: string
  unit: string
  limit: keyof Limits
  value: number
}

export function amountsOf(booking: Booking): Amount[] {
  const hosts = booking.request.nodes.filter((n) => n.kind === 'host')
  return [
    { what: 'virtual hosts', unit: '', limit: 'hosts', value: hosts.length },
    { what: 'CPU', unit: ' %', limit: 'cpuPercent', value: hosts.reduce((sum, h) => sum + h.cpuMilli / 10, 0) },
    {
      what: 'link capacity',
      unit: ' Mbit/s',
      limit: 'linkMbps',
      value: booking.request.links.reduce((sum, l) => sum + l.capacityMbps, 0),
    },
    { what: 'the window', unit: ' h', limit: 'windowHours', value: (booking.endsAtMs - booking.startsAtMs) / HOUR_MS },
  ]
}

const field = (id: string) => ({ subject: { kind: 'field' as const, id } })
const rounded = (value: number) => Math.round(value * 10) / 10

function checkWindow(booking: Booking, policy: Policy, nowMs: number): Result<null> {
  const { startsAtMs, endsAtMs } = booking
  const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (endsAtMs - startsAtMs < SHORTEST_MS)
    return fail({
      code: 'booking.window-short',
      message: `The window ends ${endsAtMs <= startsAtMs ? 'before it starts' : 'less than a minute after it starts'} (${iso(startsAtMs)} to ${iso(endsAtMs)}).`,
      hint: 'Choose an end at least a minute after the start.',
      ...field('endsAt'),
    })
  if (startsAtMs < nowMs - SLACK_MS)
    return fail({
      code: 'booking.window-past',
      message: `The window would start in the past, at ${iso(startsAtMs)}.`,
      hint: 'Choose a start from now on, or "now".',
      ...field('startsAt'),
    })
  if (startsAtMs > nowMs + policy.bookAheadDays * 24 * HOUR_MS)
    return fail({
      code: 'booking.window-far',
      message: `Booking is open ${policy.bookAheadDays} days ahead; ${iso(startsAtMs)} is beyond that.`,
      hint: 'Choose an earlier start, or ask an admin to change the policy.',
      ...field('startsAt'),
    })
  return ok(null)
}

/** `automatic`: approved at once. `queue`: an admin decides. A problem: refused, with what would do. */
export function decideBooking(booking: Booking, policy: Policy, nowMs: number): Result<'automatic' | 'queue'> {
  const window = checkWindow(booking, policy, nowMs)
  if (!window.ok) return window
  const amounts = amountsOf(booking)
  const over = amounts.find((a) => a.value > policy.most[a.limit])
  if (over)
    return fail({
      code: 'booking.over-limit',
      message: `You ask for ${rounded(over.value)}${over.unit} of ${over.what}; the policy allows ${policy.most[over.limit]}${over.unit}.`,
      hint: 'Ask for less, or ask an admin to change the policy.',
      ...field(over.limit === 'windowHours' ? 'endsAt' : over.limit),
    })
  if (booking.slicesInWindow >= policy.slicesAtOnce)
    return fail({
      code: 'booking.too-many-slices',
      message: `The project has ${booking.slicesInWindow} slices booked in that window already; the policy allows ${policy.slicesAtOnce} at once.`,
      hint: 'Stop one of them, or choose another time.',
    })
  const beyond = amounts.some((a) => a.value > policy.automatic[a.limit])
  if (booking.reason.trim() === '' && (policy.reason === 'always' || (policy.reason === 'for-approval' && beyond)))
    return fail({
      code: 'booking.reason-missing',
      message: beyond
        ? 'This needs an admin’s approval, and there is no reason given.'
        : 'The policy asks what each booking is for.',
      hint: 'Say in a few words what you need it for.',
      ...field('reason'),
    })
  return ok(beyond ? 'queue' : 'automatic')
}
