// How do the routes of commands and files begin and answer? They are no procedures, for they stream; who may is asked alike.
import type { Problem } from '@myvini/core/result'
import type { Person } from '@myvini/store/access'
import { env } from '../../env'
import { contextOf } from '../context'
import { isOwnOrigin } from '../origin'
import type { AdmitDeps } from '../terminal/admit'

export function statusOf({ code }: Problem): number {
  if (code === 'access.not-found' || code === 'file.no-such' || code === 'inside.no-host') return 404
  if (code === 'access.signed-out') return 401
  if (code.startsWith('access.')) return 403
  if (code === 'file.there-already' || code === 'inside.not-running' || code === 'inside.stopped') return 409
  if (code === 'file.large' || code === 'file.no-room' || code === 'input.too-large') return 413
  if (code === 'inside.lost' || code === 'inside.no-controller' || code.startsWith('node.')) return 502
  return 400
}

export const answerProblem = (problem: Problem): Response => Response.json({ problem }, { status: statusOf(problem) })

const SIGNED_OUT: Problem = {
  code: 'access.signed-out',
  message: 'You are not signed in, or your session is over.',
  hint: 'Sign in and come back.',
}

/** Who asks, and what is needed to answer; or the answer to nobody. */
export async function begin(request: Request): Promise<{ person: Person; deps: AdmitDeps } | Response> {
  const settings = env()
  if (!isOwnOrigin(request.headers, settings.MYVINI_PUBLIC_URL)) return new Response('foreign origin', { status: 403 })
  const { db, person } = await contextOf(request.headers)
  if (!person) return answerProblem(SIGNED_OUT)
  return { person, deps: { db, secret: settings.MYVINI_SECRET, now: new Date() } }
}

/** As RFC 6266 and RFC 8187 have it: browsers take the second, which holds any name. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`
