'use client'
// Would it fit in that window? Asked in the browser, of what the substrate has left by then.
import type { Embedding, EmbeddingProblem } from '@myvini/core/embedding/embedding'
import { requestOf } from '@myvini/core/embedding/request'
import type { Topology } from '@myvini/core/topology/topology'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTRPC } from '../../browser/trpc'
import { embed } from '../../embed'

export type Fit =
  | { kind: 'asking' }
  | { kind: 'unknown'; error: unknown }
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

export function useFit({ topology, startsAt, endsAt, placement, enabled }: FitQuestion): Fit {
  const trpc = useTRPC()
  const offer = useQuery(
    trpc.substrate.offer.queryOptions({ startsAt, endsAt }, { enabled, placeholderData: keepPreviousData }),
  )
  return useMemo((): Fit => {
    if (offer.error) return { kind: 'unknown', error: offer.error }
    if (!offer.data || !enabled) return { kind: 'asking' }
    const result = embed(offer.data.substrate, offer.data.usage, requestOf(topology), { placement, seed: 1 })
    return result.ok
      ? { kind: 'fits', embedding: result.value, nodes: new Set(result.value.nodes.values()).size }
      : { kind: 'not', problem: result.problem }
  }, [offer.data, offer.error, topology, placement, enabled])
}
