'use client'
import { useMutation } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { useStateShown } from '../use-state-shown'
import { useWorkspace } from '../workspace-context'

/** What runs in the hosts is lost by stopping: for a few seconds it can be taken back. */
const GRACE_S = 5

export function StopButton({ reservationId }: { reservationId: string }) {
  const { slice } = useWorkspace()
  const trpc = useTRPC()
  const showState = useStateShown(slice.id)
  const stop = useMutation(
    trpc.reservations.stop.mutationOptions({ onSettled: (done) => showState(done?.state ?? null) }),
  )
  const [left, setLeft] = useState<number | null>(null)
  const { mutate } = stop
  const stopNow = useCallback(() => {
    setLeft(null)
    mutate({ reservationId })
  }, [mutate, reservationId])

  useEffect(() => {
    if (left === null) return
    const timer = setTimeout(() => (left <= 1 ? stopNow() : setLeft(left - 1)), 1000)
    return () => clearTimeout(timer)
  }, [left, stopNow])

  // Somebody who leaves the page after pressing it has meant it.
  const pending = useRef(false)
  pending.current = left !== null
  useEffect(() => () => void (pending.current && stopNow()), [stopNow])

  if (left === null)
    return (
      <Button
        variant="primary"
        size="small"
        busy={stop.isPending}
        icon={<Square className="fill-current" />}
        onClick={() => setLeft(GRACE_S)}
      >
        Stop
      </Button>
    )
  return (
    <span className="flex items-center gap-2">
      <span role="status" className="text-changing text-xs tabular">
        Stops in {left} s
      </span>
      <Button size="small" onClick={() => setLeft(null)} autoFocus>
        Keep running
      </Button>
      <Button size="small" variant="primary" onClick={stopNow}>
        Stop now
      </Button>
    </span>
  )
}
