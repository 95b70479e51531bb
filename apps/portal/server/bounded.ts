// How is a request's body kept from taking all memory? It is read as it comes, and no further than it may be.
import { fail, ok, type Result } from '@myvini/core/result'
import { refusal, refusedIn } from './problems'
import { tooLarge } from './too-large'

/**
 * The same request with a body that fails, by what `refuse` throws, once more than `mostBytes` of it have come: what a
 * header says of its length is believed only if it is too long.
 */
export function bounded(request: Request, mostBytes: number): Request {
  if (request.body === null) return request
  const told = request.headers.get('content-length')
  if (told !== null && Number(told) > mostBytes)
    return withBody(request, new ReadableStream({ start: (c) => c.error(refusal(tooLarge(mostBytes, told))) }))
  let passed = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      passed += chunk.length
      if (passed > mostBytes) controller.error(refusal(tooLarge(mostBytes, null)))
      else controller.enqueue(chunk)
    },
  })
  return withBody(request, request.body.pipeThrough(count))
}

/** `duplex` is asked for by the fetch standard wherever a body is a stream; the types of the DOM do not have it yet. */
function withBody(request: Request, body: ReadableStream<Uint8Array>): Request {
  const { method, headers, signal } = request
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body, duplex: 'half' }
  return new Request(request.url, init)
}

/** The same request once all of its body is here, for readers who would take a broken body for a fault of ours. */
export async function wholeWithin(request: Request, mostBytes: number): Promise<Result<Request>> {
  if (request.body === null) return ok(request)
  try {
    const body = await bounded(request, mostBytes).arrayBuffer()
    const { method, headers, signal } = request
    return ok(new Request(request.url, { method, headers, signal, body }))
  } catch (error) {
    const problem = refusedIn(error)
    if (problem) return fail(problem)
    throw error
  }
}
