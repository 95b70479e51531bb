'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { changeName } from '../browser/auth'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { ProblemNote } from '../components/notices'
import { tell } from '../components/toast'
import type { ToldProblem } from '../told-problem'

export function NameForm({ name }: { name: string }) {
  const router = useRouter()
  const [draft, setDraft] = useState(name)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ToldProblem | null>(null)
  const save = async () => {
    setBusy(true)
    const answer = await changeName(draft.trim())
    setBusy(false)
    setProblem(answer.ok ? null : answer.problem)
    if (!answer.ok) return
    tell('Your name is changed')
    router.refresh()
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
      <Field label="Name" help="As others in your projects see it.">
        {(control) => (
          <Input
            {...control}
            autoComplete="name"
            required
            maxLength={80}
            value={draft}
            onChange={(e) => setDraft(e.target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" busy={busy} disabled={draft.trim() === '' || draft.trim() === name}>
          Change the name
        </Button>
      </div>
    </form>
  )
}
