'use client'
// A command on hosts, as the page follows it: lines of JSON as they come, drawn at most a few times a second.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { RunEvent } from '../server/inside/run'
import type { ToldProblem } from '../told-problem'
import { cancelLines, type RunLine, takeEvents } from './run-table'

const DRAW_MS = 120

const LOST: ToldProblem = {
  code: 'inside.lost',
  message: 'The connection to the portal was lost; what ran was ended.',
  hint: 'Run it again.',
}

export interface RunAsked {
  hosts: string[]
  command: string
  seconds: number
}

async function follow(response: Response, onEvents: (events: RunEvent[]) => void): Promise<boolean> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let held = ''
  let done = false
  for (;;) {
    const piece = await reader?.read()
    if (!piece || piece.done) return done
    const lines = (held + piece.value).split('\n')
    held = lines.pop() ?? ''
    // Our own server's words, of this very version.
    const events = lines.map((line) => JSON.parse(line) as RunEvent)
    done ||= events.some((e) => e.event === 'done')
    onEvents(events)
  }
}

export function useRun(sliceId: string) {
  const [lines, setLines] = useState<readonly RunLine[]>([])
  const [asked, setAsked] = useState<RunAsked | null>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ToldProblem | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])

  const start = useCallback(
    async (wanted: RunAsked) => {
      const own = new AbortController()
      stop.current = own
      setAsked(wanted)
      setLines([])
      setProblem(null)
      setBusy(true)
      let waiting: RunEvent[] = []
      const draw = () => {
        const events = waiting
        waiting = []
        if (events.length > 0) setLines((before) => takeEvents(before, events))
      }
      const timer = setInterval(draw, DRAW_MS)
      try {
        const response = await fetch(`/api/slices/${sliceId}/run`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(wanted),
          signal: own.signal,
        })
        if (!response.ok) {
          const answer = (await response.json().catch(() => null)) as { problem: ToldProblem } | null // our own route's
          setProblem(answer?.problem ?? LOST)
        } else if (!(await follow(response, (events) => void waiting.push(...events)))) setProblem(LOST)
      } catch {
        if (!own.signal.aborted) setProblem(LOST)
      } finally {
        clearInterval(timer)
        draw()
        setLines(cancelLines)
        setBusy(false)
      }
    },
    [sliceId],
  )
  const cancel = useCallback(() => stop.current?.abort(), [])
  return { lines, asked, busy, problem, start, cancel }
}
