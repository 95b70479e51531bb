import { wholeWithin } from '../../../../server/bounded'
import { answerProblem } from '../../../../server/inside/answers'
import { resources } from '../../../../server/resources'

/** Names, addresses and passwords. */
const MOST_BYTES = 64 * 1024

async function handle(request: Request): Promise<Response> {
  const whole = await wholeWithin(request, MOST_BYTES)
  return whole.ok ? resources().auth.handler(whole.value) : answerProblem(whole.problem)
}

export { handle as GET, handle as POST }
