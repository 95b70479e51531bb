// The portal as one process: Next's pages and API, and the terminals' WebSockets, on one port.
import { createServer, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '@myvini/store/database'
import next from 'next'
import pino from 'pino'
import { env } from '../env'
import { createAuth } from './auth'
import { isTerminalPath, Terminals } from './terminal/terminals'

const settings = env()
const log = pino({ name: 'portal-server', level: settings.MYVINI_LOG_LEVEL })
const development = settings.NODE_ENV === 'development'

/** From dist/server.mjs, and from server/main.ts in development, the application is one folder up. */
const folder = fileURLToPath(new URL('..', import.meta.url))
const app = next({ dev: development, dir: folder, hostname: settings.HOST, port: settings.PORT })
await app.prepare()
const handle = app.getRequestHandler()
const upgradeNext = app.getUpgradeHandler()

// Next's own code is another bundle with resources of its own; terminals need few connections.
const db = openDatabase({ url: settings.DATABASE_URL, connections: 3 })
const terminals = new Terminals({ db, auth: createAuth({ db, env: settings, log }), env: settings, log })

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Who asks, for limits by address: only a proxy on this machine may speak for somebody else. */
function setClientAddress(request: IncomingMessage) {
  const peer = request.socket.remoteAddress ?? ''
  const forwarded = request.headers['x-forwarded-for']
  if (LOOPBACK.has(peer) && forwarded !== undefined) return
  request.headers['x-forwarded-for'] = peer
}

const server = createServer((request, response) => {
  setClientAddress(request)
  void handle(request, response)
})

server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => socket.destroy())
  setClientAddress(request)
  if (isTerminalPath(request.url)) void terminals.take(request, socket, head)
  else if (development) void upgradeNext(request, socket, head)
  else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
})

await new Promise<void>((resolve, reject) => {
  server.once('error', reject)
  server.listen(settings.PORT, settings.HOST, resolve)
})
log.info({ url: settings.MYVINI_PUBLIC_URL, port: settings.PORT }, 'the portal listens')

let ending = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (ending) return
    ending = true
    log.info({ signal }, 'the portal ends')
    terminals.close()
    server.close()
    // Streams of events never end by themselves.
    server.closeAllConnections()
    void Promise.all([app.close(), db.$disconnect()]).finally(() => process.exit(0))
  })
