'use client'
import { useReactFlow, useStore } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { useFit } from './use-fit'

interface Frame {
  width: number
  height: number
  x: number
  y: number
  zoom: number
}

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
    const isWhole = (frame: Frame) =>
      box.x * frame.zoom + frame.x >= 0 &&
      box.y * frame.zoom + frame.y >= 0 &&
      (box.x + box.width) * frame.zoom + frame.x <= frame.width &&
      (box.y + box.height) * frame.zoom + frame.y <= frame.height
    const untouched =
      fitted.current !== null &&
      Math.abs(fitted.current.x - now.x) < 1 &&
      Math.abs(fitted.current.y - now.y) < 1 &&
      Math.abs(fitted.current.zoom - now.zoom) < 0.001
    const hides = isWhole({ ...now, width: was.width, height: was.height }) && !isWhole(now)
    if (!hides && !untouched) return
    void fit().then(() => {
      fitted.current = { width, height, ...flow.getViewport() }
    })
  }, [flow, fit, width, height])
}
