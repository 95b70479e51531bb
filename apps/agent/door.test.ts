import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Door } from './door'

let run = ''
const doors: Door[] = []
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'myvini-door-'))
})
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()))
  await rm(run, { recursive: true, force: true })
})

async function take(): Promise<Door> {
  const door = await Door.take(join(run, 'agent.sock'), join(run, 'agent.pid'), (socket) => socket.end('hello'))
  doors.push(door)
  return door
}

/** What is said to whoever comes in; null when nobody is there. */
const greeting = () =>
  new Promise<string | null>((resolve) => {
    let said = ''
    connect(join(run, 'agent.sock'))
      .on('data', (chunk) => (said += chunk.toString()))
      .on('end', () => resolve(said))
      .on('error', () => resolve(null))
  })

test('of two agents that start in the same instant one has the node, and the other is told so', async () => {
  const both = await Promise.allSettled([take(), take()])
  expect(both.map((b) => b.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const [late] = both.filter((b) => b.status === 'rejected')
  expect(String(late?.reason)).toContain(`another agent keeps ${run} already`)
})

test('a node whose agent has ended can be had by the next', async () => {
  const first = await take()
  await first.open()
  await first.close()
  doors.length = 0
  const second = await take()
  await second.open()
  expect(await greeting()).toBe('hello')
})

test('nobody comes in before it is opened, then root alone', async () => {
  const door = await take()
  expect(await greeting()).toBeNull()
  await door.open()
  expect(await greeting()).toBe('hello')
  expect((await stat(join(run, 'agent.sock'))).mode & 0o777).toBe(0o600)
})

test('a deleted socket is made again, even when its whole folder has gone', async () => {
  const door = await take()
  await door.open()
  expect(await door.look()).toBeNull()
  await rm(run, { recursive: true })
  expect(await greeting()).toBeNull()
  expect(await door.look()).toContain('made again')
  expect(await greeting()).toBe('hello')
  expect(await door.look()).toBeNull()
})
