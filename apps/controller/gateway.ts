// How does a terminal in a browser reach a virtual host? The portal passes the WebSocket on to here with a ticket it has
// sealed; here it becomes a terminal on the node. Binary frames are the shell's bytes, text frames are JSON for the size.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Result } from '@myvini/core/result'
import { openTicket, type Ticket } from '@myvini/store/ticket'
import type { Capture, Inside, Terminal, TerminalSize } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { CLOSE } from './close-codes'
import { serveCapture } from './gateway-capture'
import { MOST_HEADER_BYTES, serveInside } from './gateway-inside'
import type { Recorder } from './recorder'

const Size = z.object({ columns: z.number().int().min(2).max(1000), rows: z.number().int().min(1).max(500) })
/** More than this not yet taken by the browser, and the node is asked to wait. */
const MOST_UNSENT_BYTES = 1024 * 1024
const PING_MS = 20_000

const MAY_OPEN = new Set(['/terminal', '/capture', '/routes'])

export interface GatewayDeps {
  secret: string
  host: string
  port: number
  openTerminal: (ticket: Ticket, size: TerminalSize) => Promise<Result<Terminal>>
  openCapture: (ticket: Ticket) => Promise<Result<Capture>>
  openRoutes: (ticket: Ticket) => Promise<Result<Capture>>
  /** Null: it is not recorded. */
  record: (ticket: Ticket, size: TerminalSize) => Promise<Recorder | null>
  openInside: (ticket: Ticket) => Promise<Result<Inside>>
  log: Logger
}

export interface Gateway {
  url: string
  close(): Promise<void>
}

function relay(socket: WebSocket, terminal: Terminal, recorder: Recorder | null) {
  // Said before anything is shown: nobody is recorded unknowingly.
  if (recorder) socket.send(JSON.stringify({ recorded: true }))
  terminal.onData((data) => {
    recorder?.output(data)
    socket.send(data, { binary: true })
    if (socket.bufferedAmount < MOST_UNSENT_BYTES) return
    terminal.pause()
    const timer = setInterval(() => {
      if (socket.bufferedAmount > MOST_UNSENT_BYTES / 2 && socket.readyState === socket.OPEN) return
      clearInterval(timer)
      terminal.resume()
    }, 20)
  })
  terminal.onEnd((exitCode) =>
    exitCode === null
      ? socket.close(CLOSE.lost, 'The connection to the node was lost.')
      : socket.close(CLOSE.ended, String(exitCode)),
  )
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      terminal.write(data)
      return
    }
    const size = Size.safeParse(parseJson(data.toString('utf8')))
    if (!size.success) return
    terminal.resize(size.data)
    recorder?.resize(size.data)
  })
  const ping = setInterval(() => socket.ping(), PING_MS)
  socket.on('close', () => {
    clearInterval(ping)
    terminal.close()
    void recorder?.end()
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export async function startGateway(deps: GatewayDeps): Promise<Gateway> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })
  const server: Server = createServer(
    // A file may take longer than the five minutes that Node gives a request.
    { maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: 0 },
    (request, response) => void serveInside(request, response, deps),
  )
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://gateway')
    const sealed = url.searchParams.get('ticket') ?? ''
    const ticket = MAY_OPEN.has(url.pathname) ? openTicket(sealed, deps.secret, Date.now()) : null
    const size = Size.safeParse({
      columns: Number(url.searchParams.get('columns')),
      rows: Number(url.searchParams.get('rows')),
    })
    if (!ticket) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    if (url.pathname === '/capture') {
      sockets.handleUpgrade(request, socket, head, (client) => void serveCapture(client, ticket, deps))
      return
    }
    if (url.pathname === '/routes') {
      // The same bytes out of a channel as a capture's, of another kind.
      const routes = { openCapture: deps.openRoutes, log: deps.log }
      sockets.handleUpgrade(request, socket, head, (client) => void serveCapture(client, ticket, routes))
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      // What is typed before the shell is there must not be lost.
      const early: [Buffer, boolean][] = []
      const keep = (data: Buffer, isBinary: boolean) => void early.push([data, isBinary])
      client.on('message', keep)
      const wanted = size.success ? size.data : { columns: 80, rows: 24 }
      void deps.openTerminal(ticket, wanted).then(async (opened) => {
        const recorder = opened.ok ? await deps.record(ticket, wanted) : null
        client.off('message', keep)
        if (!opened.ok) {
          deps.log.warn({ problem: opened.problem, user: ticket.user }, 'a terminal could not be opened')
          // Reasons hold at most 123 bytes (RFC 6455 §5.5); the whole text goes before it.
          client.send(Buffer.from(`${opened.problem.message} ${opened.problem.hint}\r\n`), { binary: true })
          client.close(CLOSE.refused, opened.problem.code)
          return
        }
        if (client.readyState !== client.OPEN) {
          opened.value.close()
          await recorder?.end()
          return
        }
        relay(client, opened.value, recorder)
        for (const [data, isBinary] of early) client.emit('message', data, isBinary)
      })
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(deps.port, deps.host, resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP, so it has one
  return {
    url: `ws://${deps.host}:${port}`,
    async close() {
      for (const client of sockets.clients) client.close(1001, 'The controller is restarting.')
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
