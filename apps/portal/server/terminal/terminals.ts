// How does a terminal or a capture in a browser reach a controller? Checked here, then piped through: bytes and frames as they come.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ok, type Problem, type Result } from '@myvini/core/result'
import type { Person } from '@myvini/store/access'
import { writeAudit } from '@myvini/store/audit'
import type { Database } from '@myvini/store/database'
import type { Logger } from 'pino'
import { WebSocket, WebSocketServer } from 'ws'
import type { PortalEnv } from '../../env'
import type { Auth } from '../auth'
import { admitCapture, CaptureAsked } from '../capture/admit'
import { signedInBy } from '../context'
import { isOwnOrigin } from '../origin'
import { headersOf, pathOf } from '../request-headers'
import { type AdmitDeps, admitTerminal, TerminalRequest } from './admit'
import { CLOSE } from './close-codes'

export interface TerminalDeps {
  db: Database
  auth: Auth
  env: PortalEnv
  log: Logger
}

interface Admitted {
  url: string
  /** Null: it only looks, as a page does. */
  audit: AuditEntry | null
}
type AuditEntry = Pick<Parameters<typeof writeAudit>[1], 'action' | 'subjectType' | 'subjectId' | 'detail'>
type Way = (deps: AdmitDeps, person: Person, query: unknown) => Promise<Result<Admitted> | null>

/** What can be reached this way, and who may. Null: that is not how it is asked for. */
const WAYS: Record<string, Way> = {
  '/ws/terminal': async (deps, person, query) => {
    const asked = TerminalRequest.safeParse(query)
    if (!asked.success) return null
    const admitted = await admitTerminal(deps, person, asked.data)
    if (!admitted.ok) return admitted
    const { url, hostName: host, nodeName: node } = admitted.value
    return ok({
      url,
      audit: { action: 'terminal.open', subjectType: 'terminal', subjectId: asked.data.slice, detail: { host, node } },
    })
  },
  '/ws/routes': async (deps, person, query) => {
    const asked = RoutesAsked.safeParse(query)
    if (!asked.success) return null
    const admitted = await admitTerminal(deps, person, { ...asked.data, session: 'routes', columns: 80, rows: 24 })
    if (!admitted.ok) return admitted
    return ok({ url: admitted.value.url.replace('/terminal?', '/routes?'), audit: null })
  },
  '/ws/capture': async (deps, person, query) => {
    const asked = CaptureAsked.safeParse(query)
    if (!asked.success) return null
    const admitted = await admitCapture(deps, person, asked.data)
    if (!admitted.ok) return admitted
    const { url, detail } = admitted.value
    return ok({
      url,
      audit: { action: 'capture.start', subjectType: 'capture', subjectId: asked.data.slice, detail },
    })
  },
}
const RoutesAsked = TerminalRequest.pick({ slice: true, host: true })
export const isTerminalPath = (url: string | undefined): boolean => Object.hasOwn(WAYS, pathOf(url))

/** More than this not yet taken by one side, and the other is made to wait. */
const MOST_UNSENT_BYTES = 1024 * 1024
const PING_MS = 20_000

/** Passes on what `from` sends, and has it wait while `to` is behind. */
function pass(from: WebSocket, to: WebSocket) {
  from.on('message', (data: Buffer, isBinary: boolean) => {
    to.send(data, { binary: isBinary })
    if (to.bufferedAmount < MOST_UNSENT_BYTES) return
    from.pause()
    const timer = setInterval(() => {
      if (to.bufferedAmount > MOST_UNSENT_BYTES / 2 && to.readyState === WebSocket.OPEN) return
      clearInterval(timer)
      from.resume()
    }, 20)
  })
}

/** Codes that may be sent on: those of applications; what only describes a lost connection becomes "lost". */
const passedOn = (code: number): number => (code >= 4000 && code < 5000 ? code : CLOSE.lost)

export class Terminals {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })

  constructor(private readonly deps: TerminalDeps) {}

  async take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
    try {
      const { auth, env } = this.deps
      const headers = headersOf(request)
      if (headers.get('origin') === null || !isOwnOrigin(headers, env.MYVINI_PUBLIC_URL)) {
        refuse('403 Forbidden')
        return
      }
      const signedIn = await signedInBy(auth, headers)
      if (!signedIn) {
        refuse('401 Unauthorized')
        return
      }
      const { person } = signedIn
      const query = new URL(request.url ?? '/', 'http://portal').searchParams
      const admitted = await WAYS[pathOf(request.url)]?.(
        { ...this.deps, secret: env.MYVINI_SECRET, now: new Date() },
        person,
        Object.fromEntries(query),
      )
      if (!admitted) {
        refuse('400 Bad Request')
        return
      }
      this.sockets.handleUpgrade(request, socket, head, (browser) => {
        if (!admitted.ok) {
          tellAndClose(browser, admitted.problem)
          return
        }
        const { url, audit } = admitted.value
        if (audit)
          void writeAudit(this.deps.db, { actorId: person.id, ...audit }).catch((error: unknown) =>
            this.deps.log.error({ err: error }, 'a terminal or capture was not written to the audit log'),
          )
        this.connect(browser, url)
      })
    } catch (error) {
      this.deps.log.error({ err: error }, 'a terminal could not be opened')
      refuse('500 Internal Server Error')
    }
  }

  private connect(browser: WebSocket, url: string) {
    const gateway = new WebSocket(url, { maxPayload: 1024 * 1024, handshakeTimeout: 10_000 })
    // What is typed before the gateway answers waits for it.
    browser.pause()
    gateway.once('open', () => browser.resume())
    pass(browser, gateway)
    pass(gateway, browser)
    const ping = setInterval(() => browser.ping(), PING_MS)
    gateway.on('error', (error) => this.deps.log.warn({ err: error }, 'a controller’s gateway failed'))
    gateway.on('close', (code, reason) => browser.close(passedOn(code), reason.toString()))
    browser.on('error', () => browser.terminate())
    browser.on('close', () => {
      clearInterval(ping)
      // Before it is open it is ended rather than closed.
      if (gateway.readyState === WebSocket.OPEN) gateway.close(1000)
      else gateway.terminate()
    })
  }

  close() {
    for (const browser of this.sockets.clients) browser.close(1012, 'The portal is restarting.')
  }
}

/** Reasons of a closing hold at most 123 bytes (RFC 6455 §5.5): the whole problem goes before it, as a text frame. */
function tellAndClose(browser: WebSocket, problem: Problem) {
  browser.send(JSON.stringify({ problem }))
  browser.close(CLOSE.refused, problem.code)
}
