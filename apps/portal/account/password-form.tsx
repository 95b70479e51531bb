'use client'
import { useState } from 'react'
import { changePassword } from '../browser/auth'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { NewPasswordField } from '../components/new-password-field'
import { ProblemNote } from '../components/notices'
import { tell } from '../components/toast'
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
      <NewPasswordField label="New password" value={next} onChange={setNext} />
      <div>
        <Button type="submit" busy={busy}>
          Change the password
        </Button>
      </div>
    </form>
  )
}
