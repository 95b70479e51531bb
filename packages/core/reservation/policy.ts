// Who may book how much, and what is approved without asking? Policy is data that an admin edits.
import { z } from 'zod'
import type { EmbeddingRequest } from '../embedding/request'
import { GatewayPolicy, NO_GATEWAYS } from '../gateway/policy'
import { fail, ok, type Result } from '../result'
import type { Window } from './timeline'

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

const Totals = Limits.omit({ windowHours: true })
/** Of all slices of a project together, at any instant. */
export type Totals = z.infer<typeof Totals>

/** What a role or a project has otherwise. What is absent is as for everyone. */
export const Exception = z.object({
  most: Limits.partial().default({}),
  automatic: Limits.partial().default({}),
  total: Totals.partial().default({}),
  slicesAtOnce: z.number().int().min(0).optional(),
  bookAheadDays: z.number().min(0).optional(),
  netns: z.boolean().optional(),
})
export type Exception = z.infer<typeof Exception>

export const ROLES = ['researcher', 'instructor', 'admin'] as const
export type PolicyRole = (typeof ROLES)[number]

const NodeFailurePolicy = z.object({
  /**
   * `re-embed`: what it carried moves to other nodes, where they have room. `tell`: people are told what is hurt, and it
   * waits for the node. `wait`: it waits, shown as degraded.
   */
  action: z.enum(['re-embed', 'tell', 'wait']),
  /** A node that does not answer for so long has failed; shorter is a hiccup. */
  graceSeconds: z.number().min(0).max(86_400),
})
const DEFAULT_TOTAL: Totals = { hosts: 1000, cpuPercent: 6400, linkMbps: 200_000 }
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
  total: Totals.default(DEFAULT_TOTAL),
  /** Windows of one slice that are less than this apart count as one: nobody gets a long lease by many short ones. */
  restHours: z.number().min(0).default(1),
  /** Bookings of a course's labs, which have a date, are admitted before others that wait. */
  labsFirst: z.boolean().default(true),
  /**
   * Hosts of class netns share the kernel with less between them and the node than a vserver has. False: only for roles
   * and projects of which it is said otherwise.
   */
  netns: z.boolean().default(true),
  roles: z.partialRecord(z.enum(ROLES), Exception).default({}),
  gateways: GatewayPolicy.default(NO_GATEWAYS),
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
  total: DEFAULT_TOTAL,
  restHours: 1,
  labsFirst: true,
  netns: true,
  roles: {},
  gateways: NO_GATEWAYS,
}

/** The policy for one person's role in one project; the project's word counts more than the role's. */
export function policyFor(policy: Policy, role: PolicyRole, project: Exception | null): Policy {
  let so = policy
  for (const exception of [policy.roles[role], project]) {
    if (!exception) continue
    const { most, automatic, total, slicesAtOnce, bookAheadDays, netns } = exception
    so = {
      ...so,
      most: { ...so.most, ...most },
      automatic: { ...so.automatic, ...automatic },
      total: { ...so.total, ...total },
      slicesAtOnce: slicesAtOnce ?? so.slicesAtOnce,
      bookAheadDays: bookAheadDays ?? so.bookAheadDays,
      netns: netns ?? so.netns,
    }
  }
  return so
}

export interface Booking {
  request: EmbeddingRequest
  /** Milliseconds since 1970, UTC. */
  startsAtMs: number
  endsAtMs: number
  reason: string
  /** Slices of the same project that hold capacity within this window. */
  slicesInWindow: number
  /** The most that they hold at any instant of it. */
  othersInWindow?: Totals
  /** Other windows of the same slice, past ones as long as they really were. */
  windowsOfSlice?: readonly Window[]
}

/** From when to when the slice has its place, if windows that are less than `restMs` apart are one. */
export function chainOf(window: Window, others: readonly Window[], restMs: number): Window {
  let chain = window
  for (let grows = true; grows; ) {
    grows = false
    for (const { fromMs, untilMs } of others) {
      const touches = fromMs < chain.untilMs + restMs && untilMs > chain.fromMs - restMs
      if (!touches || (fromMs >= chain.fromMs && untilMs <= chain.untilMs)) continue
      chain = { fromMs: Math.min(fromMs, chain.fromMs), untilMs: Math.max(untilMs, chain.untilMs) }
      grows = true
    }
  }
  return chain
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

export function sizeOf({ nodes, links }: EmbeddingRequest): Totals {
  const hosts = nodes.filter((n) => n.kind === 'host')
  return {
    hosts: hosts.length,
    cpuPercent: hosts.reduce((sum, h) => sum + h.cpuMilli / 10, 0),
    linkMbps: links.reduce((sum, l) => sum + l.capacityMbps, 0),
  }
}

export function amountsOf(booking: Booking): Amount[] {
  const { hosts, cpuPercent, linkMbps } = sizeOf(booking.request)
  return [
    { what: 'virtual hosts', unit: '', limit: 'hosts', value: hosts },
    { what: 'CPU', unit: ' %', limit: 'cpuPercent', value: cpuPercent },
    { what: 'link capacity', unit: ' Mbit/s', limit: 'linkMbps', value: linkMbps },
    { what: 'the window', unit: ' h', limit: 'windowHours', value: (booking.endsAtMs - booking.startsAtMs) / HOUR_MS },
  ]
}

const field = (id: string) => ({ subject: { kind: 'field' as const, id } })
const rounded = (value: number) => Math.round(value * 10) / 10

function checkWindow(booking: Booking, policy: Policy, nowMs: number): Result<null> {
  const { startsAtMs, endsAtMs } = booking
  if (!Number.isFinite(startsAtMs) || !Number.isFinite(endsAtMs))
    return fail({
      code: 'booking.window-missing',
      message: `The window has no ${Number.isFinite(startsAtMs) ? 'end' : 'start'} that is a date.`,
      hint: 'Choose a start and an end.',
      ...field(Number.isFinite(startsAtMs) ? 'endsAt' : 'startsAt'),
    })
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

/** The window's length counted with the slice's other windows close to it. */
function stackedHours(booking: Booking, { restHours }: Policy): number {
  const window = { fromMs: booking.startsAtMs, untilMs: booking.endsAtMs }
  const chain = chainOf(window, booking.windowsOfSlice ?? [], restHours * HOUR_MS)
  return (chain.untilMs - chain.fromMs) / HOUR_MS
}

function checkLimits(amounts: readonly Amount[], booking: Booking, policy: Policy): Result<null> {
  const over = amounts.find((a) => a.value > policy.most[a.limit])
  if (!over) return ok(null)
  const limit = `${policy.most[over.limit]}${over.unit}`
  const isStacked = over.limit === 'windowHours' && over.value > (booking.endsAtMs - booking.startsAtMs) / HOUR_MS
  if (isStacked)
    return fail({
      code: 'booking.stacked',
      message: `With the windows of this slice that are less than ${policy.restHours} h apart it would have its place for ${rounded(over.value)} h; the policy allows ${limit} at a stretch.`,
      hint: `Leave ${policy.restHours} h between two windows, choose a shorter one, or ask an admin to change the policy.`,
      ...field('startsAt'),
    })
  return fail({
    code: 'booking.over-limit',
    message: `You ask for ${rounded(over.value)}${over.unit} of ${over.what}; the policy allows ${limit}.`,
    hint: 'Ask for less, or ask an admin to change the policy.',
    ...field(over.limit === 'windowHours' ? 'endsAt' : over.limit),
  })
}

function checkProject(amounts: readonly Amount[], booking: Booking, policy: Policy): Result<null> {
  if (booking.slicesInWindow >= policy.slicesAtOnce)
    return fail({
      code: 'booking.too-many-slices',
      message: `The project has ${booking.slicesInWindow} slices booked in that window already; the policy allows ${policy.slicesAtOnce} at once.`,
      hint: 'Stop one of them, or choose another time.',
    })
  const { othersInWindow } = booking
  if (!othersInWindow) return ok(null)
  for (const { limit, value, what, unit } of amounts) {
    if (limit === 'windowHours' || value + othersInWindow[limit] <= policy.total[limit]) continue
    return fail({
      code: 'booking.project-limit',
      message: `The project’s slices would have ${rounded(value + othersInWindow[limit])}${unit} of ${what} at once in that window, ${rounded(othersInWindow[limit])}${unit} of it booked already; the policy allows ${policy.total[limit]}${unit}.`,
      hint: 'Stop one of the others, choose another time, or ask an admin for more for the project.',
      ...field(limit),
    })
  }
  return ok(null)
}

/** Of a LAN it asks nothing: its switch is the node's own, and nobody is inside. The same goes for a gateway. */
function checkClass({ request }: Booking, policy: Policy): Result<null> {
  const [first, ...others] = policy.netns
    ? []
    : request.nodes.filter((n) => n.kind === 'host' && n.needs.includes('netns') && !n.needs.includes('gateway'))
  if (!first) return ok(null)
  const more = others.length === 0 ? 'is' : others.length === 1 ? 'and one more are' : `and ${others.length} more are`
  return fail({
    code: 'booking.class-netns',
    message: `${first.name} ${more} of class netns, which the policy keeps for other roles and projects.`,
    hint: 'Make them vservers, in the panel of the host, or ask an admin to open class netns to the project.',
    subject: { kind: 'host', id: first.id },
  })
}

/** `automatic`: approved at once. `queue`: an admin decides. A problem: refused, with what would do. */
export function decideBooking(booking: Booking, policy: Policy, nowMs: number): Result<'automatic' | 'queue'> {
  const window = checkWindow(booking, policy, nowMs)
  if (!window.ok) return window
  const classes = checkClass(booking, policy)
  if (!classes.ok) return classes
  const amounts = amountsOf(booking).map((a) =>
    a.limit === 'windowHours' ? { ...a, value: stackedHours(booking, policy) } : a,
  )
  const limits = checkLimits(amounts, booking, policy)
  if (!limits.ok) return limits
  const project = checkProject(amounts, booking, policy)
  if (!project.ok) return project
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
