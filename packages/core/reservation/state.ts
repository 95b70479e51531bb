// What can become of a reservation, and who may make it so? One table for the controller, the API and every button.
import { fail, ok, type Result } from '../result'

export const RESERVATION_STATES = [
  'requested',
  'approved',
  'denied',
  'scheduled',
  'provisioning',
  'running',
  'degraded',
  'ending',
  'ended',
  'failed',
] as const
export type ReservationState = (typeof RESERVATION_STATES)[number]

/** A slice without a reservation, or whose last one is over, is a draft. */
export type SliceState = ReservationState | 'draft'

export type Actor = 'user' | 'admin' | 'controller'

interface Transition {
  from: readonly ReservationState[]
  /** Null: it stays in the state that it is in. */
  to: ReservationState | null
  by: readonly Actor[]
  /** For buttons and the audit log. */
  label: string
}

/**
 * `user`: whoever may run slices in the project. An admin may do all that a user may.
 * Capacity is held from `admit` to `finish`.
 */
export const TRANSITIONS = {
  approve: { from: ['requested'], to: 'approved', by: ['admin', 'controller'], label: 'Approve' },
  deny: { from: ['requested', 'approved'], to: 'denied', by: ['admin', 'controller'], label: 'Deny' },
  withdraw: { from: ['requested', 'approved', 'scheduled'], to: 'ended', by: ['user'], label: 'Withdraw' },
  admit: { from: ['approved'], to: 'scheduled', by: ['controller'], label: 'Admit' },
  start: { from: ['scheduled'], to: 'provisioning', by: ['controller'], label: 'Start' },
  settle: { from: ['provisioning', 'degraded'], to: 'running', by: ['controller'], label: 'Come up' },
  degrade: { from: ['provisioning', 'running'], to: 'degraded', by: ['controller'], label: 'Lose a part' },
  stop: { from: ['provisioning', 'running', 'degraded', 'failed'], to: 'ending', by: ['user'], label: 'Stop' },
  /** More time where it is, as far as policy and others leave. */
  extend: { from: ['scheduled', 'provisioning', 'running', 'degraded'], to: null, by: ['user'], label: 'Extend' },
  /** An earlier end: what it would have held after that is free for others. At once: `stop`, `withdraw`. */
  shorten: { from: ['scheduled', 'provisioning', 'running', 'degraded'], to: null, by: ['user'], label: 'End earlier' },
  /** What a lost node carried is on others. */
  reembed: {
    from: ['provisioning', 'running', 'degraded', 'failed'],
    to: null,
    by: ['controller'],
    label: 'Move parts',
  },
  expire: {
    from: ['scheduled', 'provisioning', 'running', 'degraded', 'failed'],
    to: 'ending',
    by: ['controller'],
    label: 'Reach its end',
  },
  fail: { from: ['approved', 'scheduled', 'provisioning'], to: 'failed', by: ['controller'], label: 'Fail' },
  finish: { from: ['ending'], to: 'ended', by: ['controller'], label: 'Finish' },
} as const satisfies Record<string, Transition>

export type ReservationAction = keyof typeof TRANSITIONS
/** Those that lead to another state. */
export type ReservationMove = {
  [A in ReservationAction]: (typeof TRANSITIONS)[A]['to'] extends null ? never : A
}[ReservationAction]

const table: Record<ReservationAction, Transition> = TRANSITIONS

/** States that hold capacity, keys and addresses. */
export const HOLDING: readonly ReservationState[] = [
  'scheduled',
  'provisioning',
  'running',
  'degraded',
  'ending',
  'failed',
]
/** States in which the slice is wanted on its nodes. */
export const ON_NODES: readonly ReservationState[] = ['provisioning', 'running', 'degraded', 'failed']
/** States after which nothing more happens. */
export const OVER: readonly ReservationState[] = ['denied', 'ended']

export const isOver = (state: ReservationState): boolean => OVER.includes(state)
export const isOnNodes = (state: ReservationState): boolean => ON_NODES.includes(state)
export const holdsCapacity = (state: ReservationState): boolean => HOLDING.includes(state)

const mayAct = (actor: Actor, by: readonly Actor[]): boolean =>
  by.includes(actor) || (actor === 'admin' && by.includes('user'))

/** The state after `action`, or why there is none. */
export function transition(state: ReservationState, action: ReservationAction, actor: Actor): Result<ReservationState> {
  const { from, to, by, label } = table[action]
  if (!mayAct(actor, by))
    return fail({
      code: 'reservation.not-yours',
      message: `"${label}" is not for ${actor === 'user' ? 'you' : `the ${actor}`} to do.`,
      hint: by.includes('admin') ? 'Ask an admin.' : 'It happens by itself when its time comes.',
    })
  if (!from.includes(state))
    return fail({
      code: 'reservation.wrong-state',
      message: `"${label}" needs a reservation that is ${from.join(' or ')}; this one is ${state}.`,
      hint: 'Somebody or something was faster. Look again at how it stands now.',
    })
  return ok(to ?? state)
}

/** What `actor` can do now; for menus and buttons. */
export const actionsFor = (state: ReservationState, actor: Actor): ReservationAction[] =>
  (Object.keys(table) as ReservationAction[]).filter((action) => transition(state, action, actor).ok) // keys of a const object
