import { resources } from '../../../server/resources'

/** For the launcher and load balancers: this process and its database answer. */
export async function GET(): Promise<Response> {
  try {
    await resources().db.$queryRaw`SELECT 1`
    return Response.json({ ok: true })
  } catch (error) {
    resources().log.error({ err: error }, 'the database does not answer')
    return Response.json({ ok: false, problem: 'The database does not answer.' }, { status: 503 })
  }
}
