import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { env } from '../../../../env'
import { contextOf } from '../../../../server/context'
import { isOwnOrigin } from '../../../../server/origin'
import { appRouter } from '../../../../server/routers/root'

/** The largest drawing allowed (core's LIMITS) takes about 3 MB. */
const MOST_BYTES = 8 * 1024 * 1024

async function handle(request: Request): Promise<Response> {
  if (!isOwnOrigin(request.headers, env().MYVINI_PUBLIC_URL)) return new Response('foreign origin', { status: 403 })
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return new Response('too large', { status: 413 })
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: () => contextOf(request.headers),
  })
}

export { handle as GET, handle as POST }
