'use client'
import Link from 'next/link'
import { useState } from 'react'
import { signUp } from '../browser/auth'
import { Button } from '../components/button'
import { ProblemNote } from '../components/notices'
import { pathTo } from '../paths'
import { AccountFields, EMPTY_ACCOUNT } from './account-fields'
import { useEntry } from './use-entry'

export function SignUpForm({ next }: { next: string }) {
  const [draft, setDraft] = useState(EMPTY_ACCOUNT)
  const { busy, problem, submit } = useEntry(next)
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(() => signUp(draft.name.trim(), draft.email, draft.password))
      }}
    >
      <h1 className="font-semibold text-xl">Make an account</h1>
      {problem && <ProblemNote problem={problem} />}
      <AccountFields draft={draft} onChange={setDraft} problem={null} />
      <Button type="submit" variant="primary" busy={busy}>
        Make account
      </Button>
      <p className="text-muted text-sm">
        You have one?{' '}
        <Link className="font-medium text-accent-ink underline underline-offset-2" href={pathTo.signIn(next)}>
          Sign in
        </Link>
      </p>
    </form>
  )
}
