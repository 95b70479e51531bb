import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Actor,
  actionsFor,
  isOver,
  RESERVATION_STATES,
  type ReservationState,
  TRANSITIONS,
  transition,
} from './state'

const reachable = (from: ReservationState, actors: readonly Actor[]): Set<ReservationState> => {
  const seen = new Set([from])
  for (const state of seen)
    for (const actor of actors)
      for (const action of actionsFor(state, actor)) {
        const next = transition(state, action, actor)
        if (next.ok) seen.add(next.value)
      }
  return seen
}

test('every state can be reached from a request', () => {
  expect([...reachable('requested', ['user', 'admin', 'controller'])].toSorted()).toEqual(
    [...RESERVATION_STATES].toSorted(),
  )
})

test('every state leads to an end without anyone but the user and the controller', () => {
  for (const state of RESERVATION_STATES)
    expect([...reachable(state, ['user', 'controller'])].some(isOver), state).toBe(true)
})

test('what is over stays over', () => {
  for (const state of RESERVATION_STATES.filter(isOver))
    for (const actor of ['user', 'admin', 'controller'] as const) expect(actionsFor(state, actor)).toEqual([])
})

test('only an admin or the policy approves', () => {
  expect(actionsFor('requested', 'user')).toEqual(['withdraw'])
  expect(actionsFor('requested', 'admin')).toEqual(['approve', 'deny', 'withdraw'])
})

test('no order of actions by anyone leads outside the table', () => {
  const step = fc.record({
    action: fc.constantFrom(...(Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[])),
    actor: fc.constantFrom('user', 'admin', 'controller' as const),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let state: ReservationState = 'requested'
      for (const { action, actor } of steps) {
        const next = transition(state, action, actor as Actor)
        if (next.ok) state = next.value
        else expect(next.problem.message).toContain(TRANSITIONS[action].label)
      }
      expect(RESERVATION_STATES).toContain(state)
    }),
  )
})

test('more time and an earlier end are for whoever may run the slice, change no state, and nothing that is over has them', () => {
  for (const action of ['extend', 'shorten'] as const)
    for (const state of RESERVATION_STATES) {
      const result = transition(state, action, 'user')
      const holds = ['scheduled', 'provisioning', 'running', 'degraded'].includes(state)
      expect(result.ok ? result.value : null, `${action} ${state}`).toBe(holds ? state : null)
      expect(transition(state, action, 'controller').ok).toBe(false)
    }
})

test('a refusal names the action, the states in which it is possible, and the one that it is in', () => {
  const result = transition('requested', 'extend', 'user')
  expect(result.ok ? '' : result.problem.message).toBe(
    '"Extend" needs a reservation that is scheduled or provisioning or running or degraded; this one is requested.',
  )
  const admit = transition('approved', 'admit', 'user')
  expect(admit.ok ? '' : admit.problem.message).toBe('"Admit" is not for you to do.')
})
