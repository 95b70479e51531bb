'use client'
import Link from 'next/link'
import { useState } from 'react'
import { signIn } from '../browser/auth'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { ProblemNote } from '../components/notices'
import { pathTo } from '../paths'
import { useEntry } from './use-entry'

export function SignInForm({ next, first }: { next: string; first: boolean }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { busy, problem, submit } = useEntry(next)
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(() => signIn(email, password))
      }}
    >
      <h1 className="font-semibold text-xl">Sign in</h1>
      {problem && <ProblemNote problem={problem} />}
      <Field label="E-mail">
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(e) => setEmail(e.target.value)}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" busy={busy}>
        Sign in
      </Button>
      <p className="text-muted text-sm">
        New here?{' '}
        <Link
          className="font-medium text-accent-ink underline underline-offset-2"
          href={first ? pathTo.firstRun() : pathTo.signUp(next)}
        >
          Make an account
        </Link>
      </p>
    </form>
  )
}
