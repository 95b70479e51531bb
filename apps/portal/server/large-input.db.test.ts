// Somebody sends a gigabyte: it is refused with its field named, and no more of it is read than could be meant.
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buildTopology } from '@myvini/core/topology/build'
import { START_UP_LIMITS, type StartFile } from '@myvini/core/topology/start-up'
import type { Topology } from '@myvini/core/topology/topology'
import { useDatabase } from '@myvini/testkit/database'
import { addSlice } from '@myvini/testkit/rows'
import superjson from 'superjson'
import { beforeAll, describe, expect, test } from 'vitest'
import { createApi } from './api'
import { wholeWithin } from './bounded'
import { buildWorld, callAs, contextFor, type World } from './testing/world'
import { MOST_API_BYTES } from './too-large'

const at = useDatabase()
let world: World
let sliceId: string
beforeAll(async () => {
  world = await buildWorld(at.db)
  sliceId = await addSlice(at.db, world.research.project.id, world.people.lead, drawing(1, []))
})

const PIECE = new Uint8Array(64 * 1024).fill(120)
const GIGABYTE = 1024 ** 3

function drawing(hosts: number, files: StartFile[]): Topology {
  const names = Array.from({ length: hosts }, (_, i) => ({ name: `h${i}`, kind: 'host' as const, x: 0, y: 0 }))
  const topology = buildTopology(
    names.map((n) => ({ ...n, class: 'vserver' as const })),
    [],
  )
  return { ...topology, hosts: topology.hosts.map((host) => ({ ...host, files })) }
}
const file = (path: string, chars: number): StartFile => ({ path, content: 'x'.repeat(chars), executable: false })
/** A host's full list: 256 KiB in four files. */
const FULL = ['a', 'b', 'c', 'd'].map((name) => file(`/root/${name}`, START_UP_LIMITS.fileChars))

/** A body of so many bytes that begins like a drawing; `read` tells how much of it was asked for. */
function endless(bytes: number) {
  const seen = { read: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.read >= bytes) return controller.close()
        controller.enqueue(seen.read === 0 ? new TextEncoder().encode('{"0":{"json":{"sliceId":"') : PIECE)
        seen.read += PIECE.length
      },
    },
    { highWaterMark: 0 },
  )
  return { body, seen }
}

let port: number
/** Whether the last request's body was ever asked for, when it was answered. */
let wasRead: boolean
beforeAll(async () => {
  const contextOf = async () => contextFor({ db: at.db, person: world.people.lead })
  const api = createApi({ publicUrl: 'http://portal.test', contextOf })
  const server = createServer((request, response) => {
    response.on('prefinish', () => (wasRead = request.readableFlowing !== null))
    void api(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port // of TCP
  return () => {
    server.closeAllConnections()
    server.close()
  }
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** As a browser would, but that it can lie about a length, and goes on sending whatever is answered. */
function asked(body: ReadableStream<Uint8Array> | string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ port, method: 'POST', path: '/api/trpc/topology.save?batch=1' }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      call.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() })
    })
    call.setHeader('content-type', 'application/json')
    for (const [name, value] of Object.entries(headers)) call.setHeader(name, value)
    call.on('error', reject)
    if (typeof body === 'string') call.end(body)
    else
      Readable.fromWeb(body as never)
        .on('error', () => undefined)
        .pipe(call) // Node's and the DOM's types of one thing
  })
}

interface Told {
  error: { json: { message: string; data: { problem: { code: string; subject?: unknown } } } }
}

function toldBy({ text }: Answer) {
  const parsed: Told | Told[] = JSON.parse(text)
  return (Array.isArray(parsed) ? parsed[0] : parsed)?.error.json
}

describe('a drawing of a gigabyte', () => {
  test('is not read to its end, and the body is what is named', async () => {
    const { body, seen } = endless(GIGABYTE)
    const response = await asked(body)
    expect(response.status).toBe(413)
    const told = toldBy(response)
    expect(told?.message).toBe('body: the request has more than 16 MiB; at most 16 MiB (16777216 bytes) are taken.')
    expect(told?.data.problem).toMatchObject({ code: 'input.too-large', subject: { kind: 'field', id: 'body' } })
    expect(seen.read).toBeLessThan(MOST_API_BYTES + 8 * 1024 * 1024)
  })

  test('that says so beforehand is not read at all', async () => {
    const { body, seen } = endless(GIGABYTE)
    const response = await asked(body, { 'content-length': String(GIGABYTE) })
    expect(response.status).toBe(413)
    expect(toldBy(response)?.message).toContain('the request has 1073741824 bytes')
    expect(wasRead).toBe(false)
    expect(seen.read).toBeLessThan(8 * 1024 * 1024) // what the sockets between us hold
  })

  test('one that is as large as may be arrives whole', async () => {
    const largest = drawing(15, FULL)
    const input = JSON.stringify({ 0: superjson.serialize({ sliceId, base: 1, topology: largest }) })
    const response = await asked(input)
    expect(response.status).toBe(200)
    expect(await callAs({ db: at.db, person: world.people.lead }).topology.at({ sliceId, revision: 2 })).toEqual(
      largest,
    )
  })
})

describe('answers', () => {
  test('are packed where it pays, and none is given to pages of others', async () => {
    const foreign = await asked('{}', { origin: 'https://elsewhere.test' })
    expect(foreign).toMatchObject({ status: 403, text: 'foreign origin' })
    const templates = await fetch(`http://127.0.0.1:${port}/api/trpc/templates.list`)
    expect(templates.headers.get('content-encoding')).toMatch(/^(br|gzip)$/)
    expect(((await templates.json()) as { result: unknown }).result).toBeDefined()
  })
})

describe('a list of start-up files', () => {
  const save = async (topology: Topology) => {
    const { number: base } = await at.db.topologyRevision.findFirstOrThrow({
      where: { sliceId },
      orderBy: { number: 'desc' },
    })
    const response = await asked(JSON.stringify({ 0: superjson.serialize({ sliceId, base, topology }) }))
    expect(response.status).toBe(400)
    expect(await at.db.topologyRevision.count({ where: { sliceId, number: { gt: base } } })).toBe(0)
    return toldBy(response)
  }

  test('that is more than a slice may have is told with what it has, what it may have, and where most of it is', async () => {
    const [first, ...others] = drawing(17, FULL).hosts
    if (!first) throw new Error('no host')
    const config = 'x'.repeat(1000)
    const topology = {
      ...drawing(0, []),
      hosts: [{ ...first, routing: { ...first.routing, config } }, ...others],
    }
    const told = await save(topology)
    expect(told?.message).toBe(
      `files: the start-up files and routing configurations of this slice have ${17 * 262_144 + 1000} characters together, 263144 of them on h0; a slice has at most 4194304.`,
    )
    expect(told?.data.problem).toMatchObject({
      code: 'topology.texts-too-large',
      subject: { kind: 'host', id: first.id },
    })
    const create = callAs({ db: at.db, person: world.people.lead }).slices.create({
      ...{ projectId: world.research.project.id, name: 'large', topology },
    })
    await expect(create).rejects.toThrow('a slice has at most 4194304')
  })

  test('one file that is too long, and a list that is, are told by their place', async () => {
    const long = await save(drawing(1, [file('/root/a', 5_000_000)]))
    expect(long?.message).toBe(
      'topology hosts 0 files 0 content: a start-up file of 5000000 characters, and one has at most 65536; fetch a larger one with a start-up command.',
    )
    const many = await save(
      drawing(
        1,
        Array.from({ length: 500 }, (_, i) => file(`/root/${i}`, 1)),
      ),
    )
    expect(many?.message).toBe('topology hosts 0 files: 500 start-up files, and a host has at most 16.')
  })
})

test('a command of a gigabyte to run on hosts is refused the same way', async () => {
  const { body, seen } = endless(GIGABYTE)
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', duplex: 'half', body }
  const refused = await wholeWithin(new Request('http://portal.test/api/slices/1/run', init), 256 * 1024)
  expect(refused.ok ? null : refused.problem).toMatchObject({
    ...{ code: 'input.too-large', subject: { kind: 'field', id: 'body' } },
    message: expect.stringContaining('at most 0.25 MiB (262144 bytes)'),
  })
  expect(seen.read).toBeLessThan(1024 * 1024)
})
