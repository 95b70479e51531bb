import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { reach } from './reach'

const never = new AbortController().signal

test('somebody who answers is reached, and hears what is said', async () => {
  const server = createServer((socket) => socket.end('hello'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = await reach('127.0.0.1', address.port, never)
  expect(String(await once(socket, 'data').then(([chunk]) => chunk))).toBe('hello')
  socket.destroy()
  server.close()
})

test('who gives up later does not lose what was reached', async () => {
  const server = createServer((socket) => setTimeout(() => socket.end('late'), 50))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const abort = new AbortController()
  const socket = await reach('127.0.0.1', address.port, abort.signal)
  abort.abort()
  expect(String(await once(socket, 'data').then(([chunk]) => chunk))).toBe('late')
  socket.destroy()
  server.close()
})

test('nobody is told as nobody', async () => {
  await expect(reach('127.0.0.1', 1, never)).rejects.toThrow('ECONNREFUSED')
})

test('it is given up when the caller gives up', async () => {
  const abort = new AbortController()
  // TEST-NET-1 (RFC 5737): no machine has it.
  const reached = reach('192.0.2.1', 22, abort.signal)
  abort.abort()
  await expect(reached).rejects.toThrow('it was given up')
})
