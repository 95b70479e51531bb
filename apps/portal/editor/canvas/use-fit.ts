'use client'
import { type FitViewOptions, getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback } from 'react'
import { FIT } from './zoom'

interface FitOptions {
  /** Keys of the things to show; without them, all. */
  keys?: readonly string[]
  maxZoom?: number
  padding?: FitViewOptions['padding']
  /** In ms. */
  duration?: number
}

/**
 * Brings things into view. React Flow's own `fitView` waits for the next change of nodes that it hears of, and with nodes
 * that are computed from a drawing it waits for ever once one of them was selected.
 */
export function useFit(): (options?: FitOptions) => Promise<void> {
  const flow = useReactFlow()
  const store = useStoreApi()
  return useCallback(
    async ({ keys, maxZoom = FIT.maxZoom, padding = FIT.padding, duration = 120 }: FitOptions = {}) => {
      const { width, height, minZoom } = store.getState()
      const nodes = flow.getNodes().filter((node) => keys === undefined || keys.includes(node.id))
      if (nodes.length === 0) return
      const viewport = getViewportForBounds(flow.getNodesBounds(nodes), width, height, minZoom, maxZoom, padding)
      await flow.setViewport(viewport, { duration })
    },
    [flow, store],
  )
}
