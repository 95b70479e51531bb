import { expect, test } from 'vitest'
import { openTicket, sealTicket, type Ticket } from './ticket'

const SECRET = 'a secret of more than thirty-two characters'
const ticket: Ticket = { node: 'n', host: 'h', session: 's.1', user: 'u', expiresAtMs: 2000 }

test('a sealed ticket opens with the same secret before it expires', () => {
  expect(openTicket(sealTicket(ticket, SECRET), SECRET, 1999)).toEqual(ticket)
})

test.each([
  ['after it expired', sealTicket(ticket, SECRET), 2000],
  ['sealed with another secret', sealTicket(ticket, 'another secret'), 0],
  [
    'with another payload',
    `${Buffer.from(JSON.stringify({ ...ticket, host: 'x' })).toString('base64url')}.${sealTicket(ticket, SECRET).split('.')[1]}`,
    0,
  ],
  ['cut short', sealTicket(ticket, SECRET).slice(0, -2), 0],
  ['of three parts', `${sealTicket(ticket, SECRET)}.x`, 0],
  ['that is empty', '', 0],
  ['that is noise', 'noise.noise', 0],
])('a ticket %s does not', (_, text, nowMs) => {
  expect(openTicket(text, SECRET, nowMs)).toBeNull()
})

test('one that would not open is not sealed at all', () => {
  expect(() => sealTicket({ ...ticket, session: 'x'.repeat(21) }, SECRET)).toThrow()
})
