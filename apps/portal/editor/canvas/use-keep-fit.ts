'use client'
import { useReactFlow, useStore } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { type Frame, isWholeIn, useFit } from './use-fit'

/** A drawing that was wholly in view stays so when the dock or a panel takes room beside it, and takes the room back after. */
export function useKeepFit(): void {
  const flow = useReactFlow()
  const fit = useFit()
  const width = useStore((s) => s.width)
  const height = useStore((s) => s.height)
  const before = useRef<Frame | null>(null)
  /** Where the last fit of this hook left the viewport: whoever moved it since has chosen another view. */
  const fitted = useRef<Frame | null>(null)

  useEffect(() => {
    const now: Frame = { width, height, ...flow.getViewport() }
    const was = before.current
    before.current = now
    if (was === null || width === 0 || height === 0 || (was.width === width && was.height === height)) return
    const nodes = flow.getNodes()
    if (nodes.length === 0) return
    const box = flow.getNodesBounds(nodes)
    const untouched =
      fitted.current !== null &&
      Math.abs(fitted.current.x - now.x) < 1 &&
      Math.abs(fitted.current.y - now.y) < 1 &&
      Math.abs(fitted.current.zoom - now.zoom) < 0.001
    const hides = isWholeIn(box, { ...now, width: was.width, height: was.height }) && !isWholeIn(box, now)
    if (!hides && !untouched) return
    void fit().then(() => {
      fitted.current = { width, height, ...flow.getViewport() }
    })
  }, [flow, fit, width, height])
}
