'use client'
import { useState } from 'react'
import { changePassword } from '../browser/auth'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { ProblemNote } from '../components/notices'
import { tell } from '../components/toast'
import { LEAST_PASSWORD, PASSWORD_HINT } from '../password-rule'
import type { ToldProblem } from '../told-problem'

export function PasswordForm() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ToldProblem | null>(null)
  const save = async () => {
    setBusy(true)
    const answer = await changePassword(current, next)
    setBusy(false)
    setProblem(answer.ok ? null : answer.problem)
    if (!answer.ok) return
    setCurrent('')
    setNext('')
    tell('Your password is changed')
  }
  return (
    <form
      className="flex max-w-sm flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {problem && <ProblemNote problem={problem} />}
      <Field label="Present password">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(e) => setCurrent(e.target.value)}
          />
        )}
      </Field>
      <Field label="New password" help={PASSWORD_HINT}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            required
            minLength={LEAST_PASSWORD}
            maxLength={200}
            value={next}
            onChange={(e) => setNext(e.target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" busy={busy}>
          Change the password
        </Button>
      </div>
    </form>
  )
}
