'use client'
// What a form of the entrance does: ask once, show what is wrong, then go on to the page that was wanted.
import type { Result } from '@myvini/core/result'
import { useState } from 'react'
import type { ToldProblem } from '../told-problem'

export function useEntry(next: string) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ToldProblem | null>(null)
  const submit = async (ask: () => Promise<Result<unknown, ToldProblem>>) => {
    setBusy(true)
    setProblem(null)
    const answer = await ask()
    if (answer.ok) {
      // A whole load: nothing of a former session stays in the page.
      window.location.assign(next)
      return
    }
    setProblem(answer.problem)
    setBusy(false)
  }
  return { busy, problem, submit }
}
