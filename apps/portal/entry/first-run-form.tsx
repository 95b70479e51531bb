'use client'
import { fail, ok } from '@myvini/core/result'
import { useState } from 'react'
import { signIn } from '../browser/auth'
import { isAtField, problemOf } from '../browser/problem'
import { useTRPCClient } from '../browser/trpc'
import { Button } from '../components/button'
import { ProblemNote } from '../components/notices'
import { pathTo } from '../paths'
import { AccountFields, EMPTY_ACCOUNT } from './account-fields'
import { useEntry } from './use-entry'

/** The admin of a fresh installation: whoever opens it first. */
export function FirstRunForm() {
  const client = useTRPCClient()
  const [draft, setDraft] = useState(EMPTY_ACCOUNT)
  const { busy, problem, submit } = useEntry(pathTo.substrate())
  const create = async () => {
    try {
      await client.setup.createFirstAdmin.mutate({ ...draft, name: draft.name.trim() })
      const answer = await signIn(draft.email, draft.password)
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
        void submit(create)
      }}
    >
      <div>
        <h1 className="font-semibold text-xl">Welcome</h1>
        <p className="mt-1 text-muted text-sm">
          This installation has no admin yet. Make the first account: it owns the servers, approves requests and can
          make others admins.
        </p>
      </div>
      {problem && !isAtField(problem, ['name', 'email', 'password']) && <ProblemNote problem={problem} />}
      <AccountFields draft={draft} onChange={setDraft} problem={problem} />
      <Button type="submit" variant="primary" busy={busy}>
        Make the admin account
      </Button>
    </form>
  )
}
