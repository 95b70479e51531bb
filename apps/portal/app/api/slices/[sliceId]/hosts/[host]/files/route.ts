import { answerProblem, begin } from '../../../../../../../server/inside/answers'
import { listFiles } from '../../../../../../../server/inside/files'

/** What is in a folder of a running host: ?path=/etc/frr */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ sliceId: string; host: string }> },
): Promise<Response> {
  const begun = await begin(request)
  if (begun instanceof Response) return begun
  const { sliceId: slice, host } = await params
  const path = new URL(request.url).searchParams.get('path') ?? '/root'
  const listed = await listFiles(begun.deps, begun.person, { slice, host, path }, request.signal)
  return listed.ok
    ? Response.json(listed.value, { headers: { 'cache-control': 'no-store' } })
    : answerProblem(listed.problem)
}
