// Who may run commands and move files on the hosts of a slice, and what becomes of what a controller answers?
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { writeFrame } from '@myvini/core/inside/frames'
import { execRequest, INSIDE_EXIT } from '@myvini/core/inside/request'
import type { Person } from '@myvini/store/access'
import { openTicket, type Ticket } from '@myvini/store/ticket'
import { useDatabase } from '@myvini/testkit/database'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildWorld, NOW, type Persona, smallTopology, type World } from '../testing/world'
import { askHost } from './ask'
import { getFile, listFiles, putFile } from './files'
import { findHosts } from './find-hosts'
import { admitRun, RunAsked, type RunEvent } from './run'

const at = useDatabase()
const SECRET = 'x'.repeat(32)
const hosts = smallTopology().hosts
let world: World
/** The other side, as a controller answers: by the ticket that it was shown. */
let answer: (ticket: Ticket, request: IncomingMessage, response: ServerResponse) => void
let gateway: Server
const seen: Ticket[] = []

const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const end = (exitCode: number, more = {}) =>
  writeFrame('x', json({ exitCode, cut: false, late: false, bytes: 0, ...more }))

beforeAll(async () => {
  gateway = createServer((request, response) => {
    const ticket = openTicket(request.headers.authorization?.slice('Ticket '.length) ?? '', SECRET, Date.now())
    if (!ticket) return response.writeHead(403).end()
    seen.push(ticket)
    return answer(ticket, request, response)
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
})
afterAll(() => gateway.close())

beforeEach(async () => {
  world = await buildWorld(at.db)
  seen.length = 0
  for (const { running } of [world.class.slice, world.research.slice])
    for (const host of hosts)
      await at.db.hostPlacement.create({
        data: { reservationId: running, virtualId: host.id, nodeId: world.node.id },
      })
  const { port } = gateway.address() as AddressInfo // it listens on TCP
  const gatewayUrl = `ws://127.0.0.1:${port}`
  await at.db.controllerInstance.upsert({
    where: { id: 'c' },
    create: { id: 'c', gatewayUrl, seenAt: NOW },
    update: { gatewayUrl, seenAt: NOW },
  })
  answer = (_, __, response) => {
    response.write(writeFrame('o', Buffer.from('/root\0')))
    response.end(end(0))
  }
})

const deps = () => ({ db: at.db, secret: SECRET, now: NOW })
const signal = () => AbortSignal.timeout(10_000)
const nameless = hosts[0]?.name ?? ''
const where = (path = '/root/a') => ({ slice: world.research.slice.id, host: nameless, path })

const WAYS: Record<string, (person: Person, slice: string) => Promise<{ ok: boolean; problem?: { code: string } }>> = {
  run: (person, slice) => admitRun(deps(), person, slice, RunAsked.parse({ command: 'true' })),
  list: (person, slice) => listFiles(deps(), person, { slice, host: nameless, path: '/root' }, signal()),
  put: (person, slice) => {
    const file = { bytes: 0, overwrites: false, content: Readable.from([]) }
    return putFile(deps(), person, { slice, host: nameless, path: '/root/a', ...file }, signal())
  },
  get: (person, slice) => getFile(deps(), person, { slice, host: nameless, path: '/root/a' }, signal()),
}

test.each(Object.keys(WAYS))('%s is for who may use the slice, and for nobody else', async (way) => {
  if (way === 'get')
    answer = (_, __, response) => {
      response.write(writeFrame('o', Buffer.from('0\n')))
      response.end(end(0))
    }
  const outcomes = async (slice: string) => {
    const found: Record<string, string> = {}
    for (const who of Object.keys(world.people) as Persona[]) {
      const outcome = await WAYS[way]?.(world.people[who], slice)
      found[who] = outcome?.ok ? 'admitted' : (outcome?.problem?.code ?? '')
    }
    return found
  }
  const nobody = Object.fromEntries(Object.keys(world.people).map((who) => [who, 'access.not-found']))
  const admitted = 'admitted'
  const { class: course, research } = world
  expect(await outcomes(course.slice.id)).toEqual({ ...nobody, student: admitted, teacher: admitted, admin: admitted })
  expect(await outcomes(research.slice.id)).toEqual({ ...nobody, member: admitted, lead: admitted, admin: admitted })
})

async function runAll(asked: unknown, stop = signal()) {
  const run = await admitRun(deps(), world.people.lead, world.research.slice.id, RunAsked.parse(asked))
  if (!run.ok) return run.problem
  const events: RunEvent[] = []
  await run.value.go(stop, async (event) => void events.push(event))
  return events
}

test('a command runs on all hosts, each tells its output and how it ended, and it is in the log without its text', async () => {
  answer = (ticket, _, response) => {
    expect(ticket.inside).toMatchObject({ word: 'exec', seconds: 7, arguments: ["echo 'ü' $HOME"] })
    const [first, second] = [Buffer.from('ü\n').subarray(0, 1), Buffer.from('ü\n').subarray(1)]
    response.write(writeFrame('o', first))
    response.write(writeFrame('o', second))
    response.write(writeFrame('e', Buffer.from('oh')))
    response.end(end(3, { cut: true, bytes: 5 }))
  }
  const events = await runAll({ command: "echo 'ü' $HOME", seconds: 7 })
  if (!Array.isArray(events)) throw new Error(events.message)
  for (const { name: host } of hosts) {
    const of = events.filter((e) => 'host' in e && e.host === host)
    expect(of.map((e) => e.event)).toEqual(['started', 'output', 'output', 'ended'])
    expect(of[1]).toMatchObject({ from: 'stdout', text: 'ü\n' })
    expect(of[3]).toMatchObject({ exitCode: 3, cut: true, late: false, bytes: 5 })
  }
  expect(events[0]).toMatchObject({ event: 'hosts' })
  expect(events.at(-1)).toEqual({ event: 'done' })
  const entry = await at.db.auditEntry.findFirstOrThrow({ where: { action: 'host.exec' } })
  expect(JSON.stringify(entry.detail)).not.toContain('HOME')
})

test('a host whose answer breaks off has failed, and the others go on', async () => {
  let first = true
  answer = (_, __, response) => {
    if (first) response.write(writeFrame('e', Buffer.from('This virtual host is not on this node.')))
    response.end(first ? '' : end(0))
    first = false
  }
  const events = await runAll({ command: 'true' })
  if (!Array.isArray(events)) throw new Error(events.message)
  const ends = events.filter((e) => e.event === 'ended' || e.event === 'failed')
  expect(ends.map((e) => e.event).toSorted()).toEqual([...hosts.slice(1).map(() => 'ended'), 'failed'])
  const failed = ends.find((e) => e.event === 'failed')
  expect(failed?.event === 'failed' && failed.problem.message).toContain('not on this node')
})

/** Where nobody listens: a port that was given and given back. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  await new Promise((resolve) => server.close(resolve))
  return `ws://127.0.0.1:${port}`
}

test('a controller that was killed is passed over while it is still listed, and without another it is told', async () => {
  await at.db.controllerInstance.deleteMany({ where: { id: { not: 'c' } } })
  const { startedAt } = await at.db.controllerInstance.findUniqueOrThrow({ where: { id: 'c' } })
  await at.db.controllerInstance.create({
    data: { id: 'killed', gatewayUrl: await deadUrl(), seenAt: NOW, startedAt: new Date(startedAt.getTime() + 1000) },
  })
  const endsOf = async () => {
    const events = await runAll({ command: 'true' })
    if (!Array.isArray(events)) throw new Error(events.message)
    expect(events.at(-1)).toEqual({ event: 'done' })
    return events.flatMap((e) => (e.event === 'ended' ? ['ended'] : e.event === 'failed' ? [e.problem.code] : []))
  }
  expect(await endsOf()).toEqual(hosts.map(() => 'ended'))
  await at.db.controllerInstance.update({ where: { id: 'c' }, data: { gatewayUrl: await deadUrl() } })
  expect(await endsOf()).toEqual(hosts.map(() => 'inside.no-controller'))
  await at.db.controllerInstance.delete({ where: { id: 'killed' } })
})

test('a controller that stands still, and closes nothing, is not waited for without end', async () => {
  const found = await findHosts(deps(), world.people.lead, world.research.slice.id)
  const [host] = found.ok ? found.value.hosts : []
  if (!found.ok || !host) throw new Error('no host')
  const ask = () =>
    askHost({
      hosts: { ...found.value, patienceMs: 200 },
      host,
      inside: execRequest('true', 1),
      signal: signal(),
    })
  answer = () => undefined
  expect(await ask()).toMatchObject({ ok: false, problem: { code: 'inside.lost' } })
  answer = (_, __, response) => void response.write(writeFrame('o', Buffer.from('so far')))
  const begun = await ask()
  if (!begun.ok) throw new Error(begun.problem.message)
  const heard: string[] = []
  const hear = async () => {
    for await (const frame of begun.value) heard.push(frame.kind)
  }
  await expect(hear()).rejects.toThrow()
  expect(heard).toEqual(['stdout'])
})

test('who stops listening ends what runs, and what has not begun never begins', async () => {
  const stop = new AbortController()
  let closed = 0
  answer = (_, __, response) => {
    response.on('close', () => closed++)
    response.writeHead(200).flushHeaders()
    setTimeout(() => stop.abort(), 100)
  }
  await expect(runAll({ command: 'sleep 100' }, stop.signal)).rejects.toThrow()
  await expect.poll(() => closed).toBe(seen.length)
  expect(seen.length).toBeGreaterThan(0)
})

test('hosts that are not there, stopped hosts and what is no command are refused by name', async () => {
  expect(await runAll({ command: 'true', hosts: [nameless, 'nobody'] })).toMatchObject({ code: 'inside.no-host' })
  const key = { reservationId: world.research.slice.running, virtualId: hosts[0]?.id ?? '' }
  await at.db.hostControl.create({ data: { ...key, isOff: true } })
  expect(await runAll({ command: 'true', hosts: [nameless] })).toMatchObject({ code: 'inside.stopped' })
  const all = await runAll({ command: 'true' })
  expect(Array.isArray(all) && all[0]).toMatchObject({ hosts: hosts.slice(1).map(({ id, name }) => ({ id, name })) })
  for (const command of [' \n', 'x'.repeat(16 * 1024 + 1), 'ü'.repeat(8 * 1024 + 1), 'a\0b'])
    expect(RunAsked.safeParse({ command }).success).toBe(false)
})

test('a path that goes up is refused before anybody is asked, with the field named', async () => {
  const put = { bytes: 1, overwrites: true, content: Readable.from(['x']) }
  for (const path of ['/root/../etc/x', '../x', '/root/']) {
    const refused = await putFile(deps(), world.people.lead, { ...where(path), ...put }, signal())
    expect(refused).toMatchObject({ ok: false, problem: { code: 'file.path', subject: { kind: 'field', id: 'path' } } })
  }
  expect(seen).toEqual([])
})

test('a file is passed on as it comes, and what the host says of it becomes a problem', async () => {
  let body = Buffer.alloc(0)
  answer = (ticket, request, response) => {
    expect(ticket.inside).toMatchObject({ word: 'put', arguments: ['/root/a', '3', 'keep'] })
    request.on('data', (chunk: Buffer) => {
      body = Buffer.concat([body, chunk])
    })
    request.on('end', () => response.end(end(0)))
  }
  const file = () => ({ bytes: 3, overwrites: false, content: Readable.from([Buffer.from('a\0'), Buffer.from('b')]) })
  expect(await putFile(deps(), world.people.lead, { ...where(), ...file() }, signal())).toMatchObject({ ok: true })
  expect(body.toString()).toBe('a\0b')
  answer = (_, __, response) => {
    response.write(writeFrame('e', Buffer.from('/root/a is there already.\n')))
    response.end(end(INSIDE_EXIT.thereAlready))
  }
  const refused = await putFile(deps(), world.people.lead, { ...where(), ...file() }, signal())
  expect(refused).toMatchObject({ ok: false, problem: { code: 'file.there-already' } })
})

test('a file that breaks off on its way is never taken for the whole', async () => {
  answer = (_, __, response) => {
    response.write(writeFrame('o', Buffer.from('10\nab')))
    response.end(writeFrame('o', Buffer.from('cd')))
  }
  const got = await getFile(deps(), world.people.lead, where(), signal())
  if (!got.ok) throw new Error(got.problem.message)
  expect(got.value.bytes).toBe(10)
  let text = ''
  const read = async () => {
    for await (const piece of got.value.content) text += Buffer.from(piece).toString()
  }
  await expect(read()).rejects.toThrow('broke off')
  expect(text).toBe('abcd')
})
