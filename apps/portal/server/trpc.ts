// What is a procedure here, and who may call it? Every procedure is made of one of these.
import { fail } from '@myvini/core/result'
import type { Person } from '@myvini/store/access'
import type { Database } from '@myvini/store/database'
import { initTRPC } from '@trpc/server'
import type { Logger } from 'pino'
import type { Auth } from './auth'
import type { HintBus } from './hint-bus'
import { refuse, toldProblem } from './problems'
import { transformer } from './transformer'

export interface Context {
  db: Database
  auth: Auth
  hints: HintBus
  log: Logger
  person: Person | null
  /** Of the session that asks; null for nobody. */
  sessionId: string | null
  /** The clock, so that tests can set it. */
  now: () => Date
  publicUrl: string
  sshPublicKey: string | null
}

const t = initTRPC.context<Context>().create({
  transformer,
  errorFormatter: ({ shape, error, path, ctx }) => {
    const problem = ctx ? toldProblem(error, path, ctx.log) : null
    // Never the stack, and of surprises not the message either.
    const { stack: _, ...data } = shape.data
    return { ...shape, message: problem?.message ?? 'Something went wrong on our side.', data: { ...data, problem } }
  },
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
})

export const { router, createCallerFactory } = t
export const publicProcedure = t.procedure

const SIGNED_OUT = fail({
  code: 'access.signed-out',
  message: 'You are not signed in, or your session is over.',
  hint: 'Sign in and come back.',
}).problem

export const signedIn = t.procedure.use(({ ctx, next }) =>
  ctx.person ? next({ ctx: { ...ctx, person: ctx.person } }) : refuse(SIGNED_OUT),
)

const only = (roles: readonly Person['role'][], whose: string) =>
  signedIn.use(({ ctx, next }) =>
    roles.includes(ctx.person.role)
      ? next()
      : refuse({ code: 'access.refused', message: `This is for ${whose}.`, hint: `Ask ${whose} to do it.` }),
  )

export const admin = only(['admin'], 'admins')
export const instructor = only(['instructor', 'admin'], 'instructors')
