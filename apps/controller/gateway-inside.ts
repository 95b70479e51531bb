// How does a command inside a virtual host reach the portal? As the body of an HTTP answer: the node's frames as they come.
// Whoever hangs up, on either side, ends the command; what is put comes as the body of the request.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { writeFrame } from '@myvini/core/inside/frames'
import { fail, type Result } from '@myvini/core/result'
import { openTicket, type Ticket } from '@myvini/store/ticket'
import type { Inside } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'

export interface InsideDeps {
  secret: string
  openInside: (ticket: Ticket) => Promise<Result<Inside>>
  log: Logger
}

/** A ticket holds a whole command line. */
export const MOST_HEADER_BYTES = 256 * 1024

const SCHEME = 'Ticket '

export async function serveInside(request: IncomingMessage, response: ServerResponse, deps: InsideDeps): Promise<void> {
  // Whoever has something to say asks first whether somebody listens (apps/portal/server/inside/reach-controller.ts).
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end()
    return
  }
  const sealed = request.headers.authorization ?? ''
  const ticket = sealed.startsWith(SCHEME) ? openTicket(sealed.slice(SCHEME.length), deps.secret, Date.now()) : null
  if (!ticket?.inside || request.method !== 'POST' || request.url !== '/inside') {
    response.writeHead(ticket ? 404 : 403).end()
    return
  }
  const opened = await deps.openInside(ticket).catch((error: unknown) => {
    deps.log.error({ err: error, user: ticket.user }, 'a command inside a host could not be begun')
    const message = 'The node could not be asked.'
    return fail({ code: 'inside.lost', message, hint: 'Try again; if it stays so, tell an admin.' })
  })
  if (!opened.ok) {
    response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ problem: opened.problem }))
    return
  }
  const { stream, reason } = opened.value
  stream.on('error', () => stream.destroy()) // the connection is lost; "close" follows
  if (response.destroyed) {
    stream.destroy()
    return
  }
  response.on('close', () => stream.destroy())
  request.on('error', () => stream.destroy())
  const feeds = ticket.inside.word === 'put'
  // A body that breaks off must not look as if it were whole: the stream ends only with the request.
  if (feeds) request.on('aborted', () => stream.destroy()).pipe(stream)
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  response.flushHeaders()
  stream.pipe(response, { end: false })
  stream.once('close', () => {
    if (reason() !== '') response.write(writeFrame('e', Buffer.from(reason(), 'utf8')))
    // What the host would not take is still coming: a connection that is closed now would lose what it said.
    if (!feeds || request.complete) response.end()
    else request.on('end', () => response.end()).resume()
  })
}
