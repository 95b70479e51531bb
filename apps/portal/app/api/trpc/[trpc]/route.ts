import { env } from '../../../../env'
import { answerApi } from '../../../../server/answer-api'
import { contextOf } from '../../../../server/context'
import { isOwnOrigin } from '../../../../server/origin'

async function handle(request: Request): Promise<Response> {
  if (!isOwnOrigin(request.headers, env().MYVINI_PUBLIC_URL)) return new Response('foreign origin', { status: 403 })
  return answerApi(request, () => contextOf(request.headers))
}

export { handle as GET, handle as POST }
