import { wholeWithin } from '../../../../../server/bounded'
import { answerProblem, begin } from '../../../../../server/inside/answers'
import { admitRun, RunAsked, type RunEvent } from '../../../../../server/inside/run'
import { resources } from '../../../../../server/resources'

const MOST_BYTES = 256 * 1024

/** One command line on hosts of a running slice; answers with a line of JSON for each thing that happens. */
export async function POST(request: Request, { params }: { params: Promise<{ sliceId: string }> }): Promise<Response> {
  const begun = await begin(request)
  if (begun instanceof Response) return begun
  const whole = await wholeWithin(request, MOST_BYTES)
  if (!whole.ok) return answerProblem(whole.problem)
  const asked = RunAsked.safeParse(await whole.value.json().catch(() => null))
  if (!asked.success) {
    const [issue] = asked.error.issues
    const field = issue?.path.join('.') ?? ''
    return answerProblem({
      code: 'input.invalid',
      message: `${field || 'The input'}: ${issue?.message ?? 'not valid'}.`,
      hint: 'Give {"hosts": ["name", …], "command": "…", "seconds": 60}.',
      subject: { kind: 'field', id: field },
    })
  }
  const run = await admitRun(begun.deps, begun.person, (await params).sliceId, asked.data)
  if (!run.ok) return answerProblem(run.problem)

  const encoder = new TextEncoder()
  const stop = new AbortController()
  request.signal.addEventListener('abort', () => stop.abort())
  const pipe = new TransformStream<Uint8Array, Uint8Array>()
  const writer = pipe.writable.getWriter()
  const tell = (event: RunEvent) => writer.write(encoder.encode(`${JSON.stringify(event)}\n`))
  // Whoever cancels the answer cancels what it answers.
  writer.closed.catch(() => stop.abort())
  void run.value
    .go(stop.signal, tell)
    .then(() => writer.close())
    .catch((error: unknown) => {
      if (!stop.signal.aborted) resources().log.error({ err: error }, 'a command on hosts broke off')
      stop.abort()
      void writer.abort(error).catch(() => undefined) // it is closed already when the browser went
    })
  return new Response(pipe.readable, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
