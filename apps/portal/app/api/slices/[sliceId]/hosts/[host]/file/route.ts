import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { nameOf } from '@myvini/core/inside/host-path'
import { answerProblem, attachment, begin } from '../../../../../../../server/inside/answers'
import { getFile, putFile } from '../../../../../../../server/inside/files'

type Where = { params: Promise<{ sliceId: string; host: string }> }

/** The content of a file of a running host: ?path=/root/trace.txt */
export async function GET(request: Request, { params }: Where): Promise<Response> {
  const begun = await begin(request)
  if (begun instanceof Response) return begun
  const { sliceId: slice, host } = await params
  const path = new URL(request.url).searchParams.get('path') ?? ''
  const got = await getFile(begun.deps, begun.person, { slice, host, path }, request.signal)
  if (!got.ok) return answerProblem(got.problem)
  const { bytes, content } = got.value
  return new Response(Readable.toWeb(Readable.from(content)) as ReadableStream<Uint8Array>, {
    headers: {
      // Never shown as a page of ours, whatever is in it.
      'content-type': 'application/octet-stream',
      'content-disposition': attachment(nameOf(got.value.path)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(bytes !== null && { 'content-length': String(bytes) }),
    },
  })
}

/** Puts the body into a file: ?path=/root/trace.txt, and &overwrite=1 where it may be there already. */
export async function PUT(request: Request, { params }: Where): Promise<Response> {
  const begun = await begin(request)
  if (begun instanceof Response) return begun
  const { sliceId: slice, host } = await params
  const query = new URL(request.url).searchParams
  const length = request.headers.get('content-length')
  if (length === null || !/^\d+$/.test(length))
    return answerProblem({
      code: 'file.no-length',
      message: 'The request does not say how long the file is.',
      hint: 'Send it with a Content-Length, as curl -T does.',
    })
  const put = await putFile(
    begun.deps,
    begun.person,
    {
      slice,
      host,
      path: query.get('path') ?? '',
      bytes: Number(length),
      overwrites: query.get('overwrite') === '1',
      // The same stream by the name that Node's types have for it.
      content: request.body ? Readable.fromWeb(request.body as NodeReadableStream) : Readable.from([]),
    },
    request.signal,
  )
  return put.ok ? Response.json(put.value) : answerProblem(put.problem)
}
