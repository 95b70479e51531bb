'use client'
// Starting or stopping a lab for a whole class: what has come of it for whom, as the answers come in.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { problemOf } from '../browser/problem'
import { useTRPC, useTRPCClient } from '../browser/trpc'
import type { ApiInput } from '../server/routers/types'
import type { ToldProblem } from '../told-problem'

export interface RunLine {
  student: string
  outcome: 'approved' | 'requested' | 'already' | 'ended' | 'refused'
  why: string | null
}

export interface LabRun {
  doing: 'start' | 'stop' | null
  running: boolean
  done: number
  of: number
  lines: readonly RunLine[]
  problem: ToldProblem | null
  start: (input: Omit<ApiInput['labs']['start'], 'labId'>) => Promise<void>
  stop: () => Promise<void>
  clear: () => void
}

const NOTHING = { doing: null, running: false, done: 0, of: 0, lines: [], problem: null } as const
type State = Pick<LabRun, 'doing' | 'running' | 'done' | 'of' | 'lines' | 'problem'>

export function useLabRun(labId: string): LabRun {
  const client = useTRPCClient()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [state, setState] = useState<State>(NOTHING)

  const follow = async (
    doing: 'start' | 'stop',
    answers: () => Promise<AsyncIterable<RunLine & { done: number; of: number }>>,
  ) => {
    setState({ ...NOTHING, doing, running: true })
    try {
      for await (const { done, of, ...line } of await answers())
        setState((before) => ({ ...before, done, of, lines: [...before.lines, line] }))
    } catch (error) {
      setState((before) => ({ ...before, problem: problemOf(error) }))
    }
    setState((before) => ({ ...before, running: false }))
    await queryClient.invalidateQueries(trpc.labs.pathFilter())
    void queryClient.invalidateQueries(trpc.courses.pathFilter())
  }

  return {
    ...state,
    clear: () => setState(NOTHING),
    start: (input) =>
      follow('start', async () => {
        const answers = await client.labs.start.mutate({ ...input, labId })
        return (async function* () {
          for await (const { student, result, done, of } of answers)
            yield {
              student,
              outcome: result.outcome,
              why: result.outcome === 'refused' ? `${result.problem.message} ${result.problem.hint}` : null,
              done,
              of,
            }
        })()
      }),
    stop: () =>
      follow('stop', async () => {
        const answers = await client.labs.stop.mutate({ labId })
        return (async function* () {
          for await (const { student, problem, done, of } of answers)
            yield {
              student,
              outcome: problem === null ? ('ended' as const) : ('refused' as const),
              why: problem,
              done,
              of,
            }
        })()
      }),
  }
}
