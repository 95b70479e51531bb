import { env } from '../../../env'
import { contextOf } from '../../../server/context'
import { takeUpload } from '../../../server/image-upload'
import { isOwnOrigin } from '../../../server/origin'

/** An archive to be made an image of: the body is the archive, name and description are in the query. */
export async function POST(request: Request): Promise<Response> {
  if (!isOwnOrigin(request.headers, env().MYVINI_PUBLIC_URL)) return new Response('foreign origin', { status: 403 })
  const context = await contextOf(request.headers)
  const answer = await takeUpload(context, env().MYVINI_IMAGES ?? null, request)
  return Response.json(answer.body, { status: answer.status })
}
