'use client'
// Would it fit in that window? Asked in the browser while somebody draws, of what the substrate has left by then. The
// controller asks again, on what is free when it is booked.
import { embedSteps } from '@myvini/core/embedding/embed'
import type { Embedding, EmbeddingProblem } from '@myvini/core/embedding/embedding'
import { requestOf } from '@myvini/core/embedding/request'
import type { Topology } from '@myvini/core/topology/topology'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { inSlices } from '../../browser/in-slices'
import { useTRPC } from '../../browser/trpc'

export type Fit =
  /** Not asked: the drawing or the window has to be mended first. */
  | { kind: 'idle' }
  | { kind: 'asking' }
  | { kind: 'unknown'; error: unknown; retry: () => void }
  | { kind: 'fits'; embedding: Embedding; nodes: number }
  | { kind: 'not'; problem: EmbeddingProblem }

interface FitQuestion {
  topology: Topology
  startsAt: Date
  endsAt: Date
  placement: 'spread' | 'pack' | 'distinct'
  /** A drawing with errors, or a window that is none, is not asked about. */
  enabled: boolean
}

const fits = (embedding: Embedding): Fit => ({
  kind: 'fits',
  embedding,
  nodes: new Set(embedding.nodes.values()).size,
})

/** The same object for as long as it says the same: moving a host about is not a new question. */
export function useSame<T>(value: T): T {
  const [kept, keep] = useState(value)
  if (kept === value || JSON.stringify(kept) === JSON.stringify(value)) return kept
  keep(value)
  return value
}

export function useFit({ topology, startsAt, endsAt, placement, enabled }: FitQuestion): Fit {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(
    trpc.substrate.offer.queryOptions({ startsAt, endsAt }, { enabled, placeholderData: keepPreviousData }),
  )
  const request = useSame(useMemo(() => requestOf(topology), [topology]))
  // Until the next answer is there, the one before stands: it takes less than a blink.
  const [fit, setFit] = useState<Fit>({ kind: 'asking' })
  const [tries, setTries] = useState(0)

  useEffect(() => {
    if (!data || !enabled) return
    const asked = new AbortController()
    let found = false
    const steps = embedSteps(data.substrate, data.usage, request, { placement, seed: 1 })
    inSlices(steps, asked.signal, (latest) => {
      const embedding = found ? null : latest.found()
      if (!embedding) return
      found = true
      setFit(fits(embedding))
    }).then(
      (result) => {
        if (result) setFit(result.ok ? fits(result.value) : { kind: 'not', problem: result.problem })
      },
      (reason: unknown) => setFit({ kind: 'unknown', error: reason, retry: () => setTries((n) => n + 1) }),
    )
    return () => asked.abort()
  }, [data, request, placement, enabled, tries])

  if (!enabled) return { kind: 'idle' }
  if (error) return { kind: 'unknown', error, retry: () => void refetch() }
  return data ? fit : { kind: 'asking' }
}
