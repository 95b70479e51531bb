'use client'
import {
  type FitViewOptions,
  getViewportForBounds,
  type Rect,
  useReactFlow,
  useStoreApi,
  type Viewport,
} from '@xyflow/react'
import { useCallback } from 'react'
import { FIT } from './zoom'

/** Where a canvas of this size, in pixels, looks. */
export type Frame = Viewport & { width: number; height: number }

export const isWholeIn = (box: Rect, frame: Frame): boolean =>
  box.x * frame.zoom + frame.x >= 0 &&
  box.y * frame.zoom + frame.y >= 0 &&
  (box.x + box.width) * frame.zoom + frame.x <= frame.width &&
  (box.y + box.height) * frame.zoom + frame.y <= frame.height

interface FitOptions {
  /** Keys of the things to show; without them, all. */
  keys?: readonly string[]
  maxZoom?: number
  padding?: FitViewOptions['padding']
  /** In ms. */
  duration?: number
  /** Nothing moves when they are in view already. */
  unlessSeen?: boolean
}

/**
 * Brings things into view. React Flow's own `fitView` waits for the next change of nodes that it hears of, and with nodes
 * that are computed from a drawing it waits for ever once one of them was selected.
 */
export function useFit(): (options?: FitOptions) => Promise<void> {
  const flow = useReactFlow()
  const store = useStoreApi()
  return useCallback(
    async ({ keys, maxZoom = FIT.maxZoom, padding = FIT.padding, duration = 120, unlessSeen }: FitOptions = {}) => {
      const { width, height, minZoom } = store.getState()
      const nodes = flow.getNodes().filter((node) => keys === undefined || keys.includes(node.id))
      if (nodes.length === 0) return
      const box = flow.getNodesBounds(nodes)
      if (unlessSeen && isWholeIn(box, { width, height, ...flow.getViewport() })) return
      const viewport = getViewportForBounds(box, width, height, minZoom, maxZoom, padding)
      await flow.setViewport(viewport, { duration })
    },
    [flow, store],
  )
}
