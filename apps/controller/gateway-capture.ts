// How does a capture reach a browser? Its bytes as binary frames; a text frame from the browser says that it is enough.
import type { Problem, Result } from '@myvini/core/result'
import type { Ticket } from '@myvini/store/ticket'
import type { Capture } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { CLOSE } from './close-codes'

const MOST_UNSENT_BYTES = 1024 * 1024
const PING_MS = 20_000

interface CaptureDeps {
  openCapture: (ticket: Ticket) => Promise<Result<Capture>>
  log: Logger
}

/** Reasons hold at most 123 bytes (RFC 6455 §5.5): the whole problem goes before it, as a text frame. */
function refuse(client: WebSocket, problem: Problem) {
  client.send(JSON.stringify({ problem }))
  client.close(CLOSE.refused, problem.code)
}

/** `mv0000002aa: somebody is capturing …`: the device's name means nothing to whoever drew the link. */
const wordsOf = (reason: string): string => {
  const words = reason.replace(/^mv[0-9a-f]{8}[ab]: /, '')
  return words === '' ? 'The capture broke off on the node.' : `On the node: ${words}.`
}

export async function serveCapture(client: WebSocket, ticket: Ticket, deps: CaptureDeps): Promise<void> {
  const opened = await deps.openCapture(ticket)
  if (!opened.ok) {
    deps.log.warn({ problem: opened.problem, user: ticket.user }, 'a capture could not be started')
    refuse(client, opened.problem)
    return
  }
  const capture = opened.value
  if (client.readyState !== client.OPEN) {
    capture.close()
    return
  }
  capture.onData((data) => {
    client.send(data, { binary: true })
    if (client.bufferedAmount < MOST_UNSENT_BYTES) return
    capture.pause()
    const timer = setInterval(() => {
      if (client.bufferedAmount > MOST_UNSENT_BYTES / 2 && client.readyState === client.OPEN) return
      clearInterval(timer)
      capture.resume()
    }, 20)
  })
  capture.onEnd((exitCode, reason) => {
    if (exitCode === 0) client.close(CLOSE.ended, '')
    else if (exitCode === null) client.close(CLOSE.lost, 'The connection to the node was lost.')
    else
      refuse(client, {
        code: 'capture.refused',
        message: wordsOf(reason),
        hint: 'Wait until the other capture has ended, or reload the slice.',
      })
  })
  client.on('message', (_, isBinary) => void (isBinary || capture.finish()))
  const ping = setInterval(() => client.ping(), PING_MS)
  client.on('close', () => {
    clearInterval(ping)
    capture.close()
  })
}
