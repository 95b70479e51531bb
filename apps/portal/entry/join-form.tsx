'use client'
import { fail, ok } from '@myvini/core/result'
import { useState } from 'react'
import { signIn } from '../browser/auth'
import { fieldError, isAtField, problemOf } from '../browser/problem'
import { useTRPCClient } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { NewPasswordField } from '../components/new-password-field'
import { ProblemNote } from '../components/notices'
import { pathTo } from '../paths'
import { useEntry } from './use-entry'

/** Sets a password and signs in. */
export function JoinForm({ token, name, email }: { token: string; name: string; email: string }) {
  const client = useTRPCClient()
  const [password, setPassword] = useState('')
  const { busy, problem, submit } = useEntry(pathTo.slices())
  const join = async () => {
    try {
      await client.invitations.redeem.mutate({ token, password })
      const answer = await signIn(email, password)
      return answer.ok ? ok(null) : answer
    } catch (error) {
      return fail(problemOf(error))
    }
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(join)
      }}
    >
      <div>
        <h1 className="font-semibold text-xl">Welcome, {name}</h1>
        <p className="mt-1 text-muted text-sm">
          Your instructor has made an account for you. Choose a password, and you are in.
        </p>
      </div>
      {problem && !isAtField(problem, ['password']) && <ProblemNote problem={problem} />}
      <Field label="E-mail">{(control) => <Input {...control} value={email} readOnly autoComplete="username" />}</Field>
      <NewPasswordField
        label="Password"
        value={password}
        onChange={setPassword}
        error={fieldError(problem, 'password')}
        autoFocus
      />
      <Button type="submit" variant="primary" busy={busy}>
        Join
      </Button>
    </form>
  )
}
