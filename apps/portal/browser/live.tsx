'use client'
// How does a page learn that something has changed? One stream a tab says which thing; the page asks for it anew.
import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { LiveSignal } from '../server/routers/live'
import { isUrgent } from '../urgency'
import { useTRPC } from './trpc'

/** Browsers keep six connections to a server that speaks HTTP/1.1: a tab nobody looks at gives its own back. */
const HIDDEN_MS = 30_000
/** Between two looks at what keeps changing; and as much longer as the last one took, so that looking is not all that is done. */
const PAUSE_MS = 150
const PAUSE_PER_LOOK = 8

function useIsWatched(): boolean {
  const [watched, setWatched] = useState(true)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') setWatched(true)
      else timer = setTimeout(() => setWatched(false), HIDDEN_MS)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return watched
}

const keyOf = (signal: LiveSignal) => ('id' in signal ? `${signal.kind} ${signal.id}` : signal.kind)

function useRefresh() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return useCallback(
    async (signals: readonly LiveSignal[]) => {
      if (signals.some((s) => s.kind === 'gap')) return queryClient.invalidateQueries()
      const filters = signals.flatMap((signal) => {
        if (signal.kind === 'slice')
          return [
            trpc.reservations.status.queryFilter({ sliceId: signal.id }),
            trpc.slices.events.queryFilter({ sliceId: signal.id }),
            trpc.slices.list.queryFilter(),
            trpc.notices.pathFilter(),
            trpc.labs.pathFilter(),
          ]
        if (signal.kind === 'progress')
          return [trpc.reservations.status.queryFilter({ sliceId: signal.id }), trpc.labs.pathFilter()]
        if (signal.kind === 'drift') return [trpc.slices.drift.queryFilter({ sliceId: signal.id })]
        if (signal.kind === 'node') return [trpc.nodes.pathFilter(), trpc.substrate.pathFilter()]
        return [
          trpc.substrate.pathFilter(),
          trpc.approvals.pathFilter(),
          trpc.nodes.pathFilter(),
          trpc.calendar.pathFilter(),
        ]
      })
      await Promise.all(filters.map((filter) => queryClient.invalidateQueries(filter)))
    },
    [trpc, queryClient],
  )
}

/** Rendered once, in the frame. */
export function LiveUpdates() {
  const trpc = useTRPC()
  const refresh = useRefresh()
  const waiting = useRef(new Map<string, LiveSignal>())
  const working = useRef(false)
  const hurry = useRef<() => void>(() => undefined)
  const started = useRef(false)

  // The next look waits for the last one's answers: a burst of changes costs as many looks as the server can give.
  const work = useCallback(async () => {
    if (working.current) return
    working.current = true
    try {
      while (waiting.current.size > 0) {
        const signals = [...waiting.current.values()]
        waiting.current.clear()
        const startedMs = performance.now()
        await refresh(signals)
        const pauseMs = PAUSE_PER_LOOK * (performance.now() - startedMs)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        if ([...waiting.current.values()].some(isUrgent)) continue
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pauseMs - PAUSE_MS)
          hurry.current = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    } finally {
      working.current = false
    }
  }, [refresh])

  const take = (signals: readonly LiveSignal[]) => {
    for (const signal of signals) waiting.current.set(keyOf(signal), signal)
    if (signals.some(isUrgent)) hurry.current()
    void work()
  }

  const watched = useIsWatched()
  useSubscription(
    trpc.live.signals.subscriptionOptions(undefined, {
      enabled: watched,
      onStarted: () => {
        // After a pause anything may have happened; at the start everything is fresh.
        if (started.current) take([{ kind: 'gap' }])
        started.current = true
      },
      onData: take,
    }),
  )
  return null
}
