// What does a procedure get to work with? Made once for each request.
import type { Person } from '@myvini/store/access'
import { Role } from '@myvini/store/generated/enums'
import { env } from '../env'
import type { Auth } from './auth'
import { type Resources, resources } from './resources'
import type { Context } from './trpc'

export interface SignedIn {
  person: Person
  sessionId: string
}

/** Who is behind a request's session cookie; null for nobody, or for a session that is over. */
export async function signedInBy(auth: Auth, headers: Headers): Promise<SignedIn | null> {
  const session = await auth.api.getSession({ headers })
  if (!session) return null
  const { id, name, email, role } = session.user
  const known = Object.values(Role).find((r) => r === role)
  return known ? { person: { id, name, email, role: known }, sessionId: session.session.id } : null
}

export async function contextFrom({ db, auth, hints, log }: Resources, headers: Headers): Promise<Context> {
  const settings = env()
  const signedIn = await signedInBy(auth, headers)
  return {
    db,
    auth,
    hints,
    log,
    person: signedIn?.person ?? null,
    sessionId: signedIn?.sessionId ?? null,
    now: () => new Date(),
    publicUrl: settings.MYVINI_PUBLIC_URL,
    sshPublicKey: settings.MYVINI_SSH_PUBLIC_KEY ?? null,
  }
}

/** For what Next serves. */
export const contextOf = (headers: Headers): Promise<Context> => contextFrom(resources(), headers)
