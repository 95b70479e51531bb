// One request to the API's procedures, answered.
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { bounded } from './bounded'
import { appRouter } from './routers/root'
import type { Context } from './trpc'

/**
 * The largest drawing allowed (core's LIMITS) takes about 3 MB without its texts, of which there are 4 Mi characters at most
 * (START_UP_LIMITS.sliceChars) with up to 3 bytes each.
 */
export const MOST_API_BYTES = 16 * 1024 * 1024

export const answerApi = (request: Request, createContext: () => Context | Promise<Context>): Promise<Response> =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req: bounded(request, MOST_API_BYTES),
    router: appRouter,
    createContext,
  })
