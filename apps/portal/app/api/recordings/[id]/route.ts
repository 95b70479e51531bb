import { castOf, mayWatch } from '@myvini/store/recordings'
import { answerProblem, attachment, begin } from '../../../../server/inside/answers'

/** A recording as a file of asciicast, version 2, for the player here and every other. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const begun = await begin(request)
  if (begun instanceof Response) return begun
  const { db } = begun.deps
  const recording = await mayWatch(db, begun.person, (await params).id)
  if (!recording.ok) return answerProblem(recording.problem)
  const { user, hostName, startedAt } = recording.value
  const name = `${user.name}-${hostName}-${startedAt.toISOString().slice(0, 16).replace(':', '')}.cast`
  return new Response(await castOf(db, recording.value), {
    headers: {
      'content-type': 'application/x-asciicast; charset=utf-8',
      'content-disposition': attachment(name),
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    },
  })
}
