// Who is it? Accounts, passwords and sessions by better-auth, kept in our own tables.
import { randomUUID } from 'node:crypto'
import type { Database } from '@myvini/store/database'
import { ensurePersonalProject } from '@myvini/store/projects'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import type { Logger } from 'pino'
import { type PortalEnv, secretFor } from '../env'
import { LEAST_PASSWORD, MOST_PASSWORD } from '../password-rule'
import { AttemptLimit } from './attempt-limit'
import { ownOrigins } from './origin'

export interface AuthDeps {
  db: Database
  env: PortalEnv
  log: Logger
}

const DAY_S = 24 * 3600

/** A class signs in from one address, so the limit by address is wide; guessing at one account is held narrowly. */
const FAILURES = { most: 8, withinMs: 10 * 60_000 }

export function createAuth({ db, env, log }: AuthDeps) {
  const failures = new AttemptLimit(FAILURES)
  const emailOf = (body: unknown): string =>
    typeof body === 'object' && body !== null && 'email' in body ? String(body.email).trim().toLowerCase() : ''
  return betterAuth({
    appName: 'MyVINI',
    baseURL: env.MYVINI_PUBLIC_URL,
    basePath: '/api/auth',
    secret: secretFor('sessions', env.MYVINI_SECRET),
    database: prismaAdapter(db, { provider: 'postgresql' }),
    trustedOrigins: (request) => ownOrigins(env.MYVINI_PUBLIC_URL, request?.headers.get('host') ?? null),
    emailAndPassword: { enabled: true, minPasswordLength: LEAST_PASSWORD, maxPasswordLength: MOST_PASSWORD },
    user: { additionalFields: { role: { type: 'string', input: false, defaultValue: 'researcher' } } },
    session: { expiresIn: 30 * DAY_S, updateAge: DAY_S },
    rateLimit: {
      enabled: env.NODE_ENV !== 'test',
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 60 },
        '/sign-up/email': { window: 60, max: 30 },
      },
    },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        if (context.path !== '/sign-in/email') return
        const waitMs = failures.waitMs(emailOf(context.body), Date.now())
        if (waitMs > 0)
          throw new APIError('TOO_MANY_REQUESTS', {
            code: 'TOO_MANY_ATTEMPTS',
            message: `Too many attempts at this account. Try again in ${Math.ceil(waitMs / 60_000)} minutes.`,
          })
      }),
      after: createAuthMiddleware(async (context) => {
        if (context.path !== '/sign-in/email') return
        if (context.context.returned instanceof APIError) failures.count(emailOf(context.body), Date.now())
        else failures.forget(emailOf(context.body))
      }),
    },
    databaseHooks: {
      // Whoever signs in has a place to work, however the account came to be.
      session: { create: { after: async (session) => ensurePersonalProject(db, session.userId) } },
    },
    advanced: {
      cookiePrefix: 'myvini',
      useSecureCookies: env.MYVINI_PUBLIC_URL.startsWith('https:'),
      database: { generateId: () => randomUUID() },
      // Set by our own server from the socket, or by the proxy before it (server/main.ts).
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    logger: {
      log: (level, message) => log[level === 'error' ? 'error' : level === 'warn' ? 'warn' : 'debug'](message),
    },
    telemetry: { enabled: false },
  })
}

export type Auth = ReturnType<typeof createAuth>
