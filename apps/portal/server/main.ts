// The portal as one process: Next's pages, the API and the terminals' WebSockets, on one port.
import { createServer, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import next from 'next'
import { env } from '../env'
import { createApi, isApiPath } from './api'
import { contextFrom } from './context'
import { openResources } from './resources'
import { RESPONSE_HEADERS } from './response-headers'
import { isTerminalPath, Terminals } from './terminal/terminals'

const settings = env()
const development = settings.NODE_ENV === 'development'

/** From dist/server.mjs, and from server/main.ts in development, the application is one folder up. */
const folder = fileURLToPath(new URL('..', import.meta.url))
const app = next({ dev: development, dir: folder, hostname: settings.HOST, port: settings.PORT })
await app.prepare()
const handle = app.getRequestHandler()
const upgradeNext = app.getUpgradeHandler()

const resources = openResources()
const { db, auth, hints, log } = resources
const terminals = new Terminals({ db, auth, env: settings, log })
const api = createApi({
  publicUrl: settings.MYVINI_PUBLIC_URL,
  contextOf: (headers) => contextFrom(resources, headers),
})

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Who asks, for limits by address: only a proxy on this machine may speak for somebody else. */
function setClientAddress(request: IncomingMessage) {
  const peer = request.socket.remoteAddress ?? ''
  const forwarded = request.headers['x-forwarded-for']
  if (LOOPBACK.has(peer) && forwarded !== undefined) return
  request.headers['x-forwarded-for'] = peer
}

/** Longer than proxies keep their connections to us (nginx: 60 s): what they send must not meet one that is just closing. */
const IDLE_MS = 65_000

const server = createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
  setClientAddress(request)
  for (const [name, value] of Object.entries(RESPONSE_HEADERS)) response.setHeader(name, value)
  void (isApiPath(request.url) ? api : handle)(request, response)
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
    void Promise.all([app.close(), hints.close(), db.$disconnect()]).finally(() => process.exit(0))
  })
