// The API's procedures, answered by our own server: nothing is rendered for them, so they need not pass through Next.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:zlib'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import compression from 'compression'
import { isOwnOrigin } from './origin'
import { refusal } from './problems'
import { headersOf, pathOf } from './request-headers'
import { appRouter } from './routers/root'
import { MOST_API_BYTES, tooLarge } from './too-large'
import type { Context } from './trpc'

const PREFIX = '/api/trpc/'

/** Answers are lists of like things: the quickest way of packing makes them small enough, and somebody waits. */
const compress: (request: IncomingMessage, response: ServerResponse, next: () => void) => void = compression({
  level: constants.Z_BEST_SPEED,
  brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } },
  // Events are a few bytes each, and are to leave at once.
  filter: (_, response) => String(response.getHeader('content-type')).startsWith('application/json'),
  // Its types know Express only; what it uses of a request and an answer is Node's (its README, "Node.js HTTP server").
}) as never

export interface ApiOptions {
  publicUrl: string
  contextOf: (headers: Headers) => Promise<Context>
}

export type Api = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export const isApiPath = (url: string | undefined): boolean => pathOf(url).startsWith(PREFIX)

export function createApi({ publicUrl, contextOf }: ApiOptions): Api {
  return (request, response) => {
    const headers = headersOf(request)
    if (!isOwnOrigin(headers, publicUrl)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('foreign origin')
      return Promise.resolve()
    }
    // What a header says of the length is believed only if it is too long: then nothing is read, as of a body that is known.
    const told = headers.get('content-length')
    const refused = Number(told) > MOST_API_BYTES ? refusal(tooLarge(MOST_API_BYTES, told)) : undefined
    if (refused) Object.assign(request, { body: '' })
    return nodeHTTPRequestHandler({
      req: request,
      res: response,
      path: pathOf(request.url).slice(PREFIX.length),
      router: appRouter,
      maxBodySize: MOST_API_BYTES,
      createContext: () => contextOf(headers),
      middleware: (_, __, next) => compress(request, response, () => next(refused)),
    })
  }
}
