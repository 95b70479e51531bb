'use client'
// Signing in and out, and what one may change of one's own account: better-auth's own addresses.
import { fail, ok, type Result } from '@myvini/core/result'
import type { ToldProblem } from '../told-problem'

type Answer<T> = Result<T, ToldProblem>

const WORDS: Record<string, Pick<ToldProblem, 'message' | 'hint'>> = {
  INVALID_EMAIL_OR_PASSWORD: {
    message: 'This e-mail address and password do not belong together.',
    hint: 'Check both. If you have been invited to a course, use the link you were given first.',
  },
  USER_ALREADY_EXISTS: { message: 'There is an account with this address already.', hint: 'Sign in instead.' },
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    message: 'There is an account with this address already.',
    hint: 'Sign in instead. If you have been invited to a course, use the link you were given.',
  },
  INVALID_PASSWORD: { message: 'The present password is not right.', hint: 'Type it again.' },
  PASSWORD_TOO_SHORT: { message: 'The password is too short.', hint: 'Choose a longer one.' },
  PASSWORD_TOO_LONG: { message: 'The password is too long.', hint: 'Choose one of at most 200 characters.' },
  INVALID_EMAIL: {
    message: 'This is not an e-mail address.',
    hint: 'It has an @ and a domain, as in name@example.org.',
  },
}

const wordOf = (body: unknown, key: 'code' | 'message'): string => {
  const value: unknown = body && typeof body === 'object' ? Reflect.get(body, key) : undefined
  return typeof value === 'string' ? value : ''
}

async function call<T>(path: string, body?: Record<string, unknown>): Promise<Answer<T>> {
  let response: Response
  try {
    response = await fetch(`/api/auth${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
  } catch {
    return fail({
      code: 'network.unreachable',
      message: 'The portal cannot be reached.',
      hint: 'Check your connection and try again.',
    })
  }
  const answer: unknown = await response.json().catch(() => null)
  // What better-auth answers to each path is its documented type, given by the callers below.
  if (response.ok) return ok(answer as T)
  const code = wordOf(answer, 'code')
  if (response.status === 429)
    return fail({
      code: 'sign-in.too-often',
      message: wordOf(answer, 'message') || 'Too many attempts in a short time.',
      hint: 'Wait a minute, then try again.',
    })
  const words = WORDS[code]
  return fail({
    code: code ? `auth.${code.toLowerCase().replaceAll('_', '-')}` : `auth.${response.status}`,
    message: words?.message ?? (wordOf(answer, 'message') || 'That did not work.'),
    hint: words?.hint ?? 'Try again. If it stays, tell an admin the code.',
  })
}

export const signIn = (email: string, password: string) => call<unknown>('/sign-in/email', { email, password })

export const signUp = (name: string, email: string, password: string) =>
  call<unknown>('/sign-up/email', { name, email, password })

export const signOut = () => call<unknown>('/sign-out', {})

export const changeName = (name: string) => call<unknown>('/update-user', { name })

export const changePassword = (currentPassword: string, newPassword: string) =>
  call<unknown>('/change-password', { currentPassword, newPassword, revokeOtherSessions: true })

/** Renews the cookie of somebody who keeps coming back. */
export const renewSession = () => call<unknown>('/get-session')
