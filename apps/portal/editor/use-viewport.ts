'use client'
import { useReactFlow, useStoreApi } from '@xyflow/react'
import type { Point } from './model/geometry'

/** Where the middle of what is seen lies in the drawing: new things begin there. */
export function useMiddle(): () => Point {
  const flow = useReactFlow()
  const store = useStoreApi()
  return () => {
    const box = store.getState().domNode?.getBoundingClientRect()
    if (!box) return { x: 0, y: 0 }
    return flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 })
  }
}

/** Where a point of the window lies in the drawing; null: not on the canvas. */
export function useDropPoint(): (screen: Point) => Point | null {
  const flow = useReactFlow()
  const store = useStoreApi()
  return (screen) => {
    const box = store.getState().domNode?.getBoundingClientRect()
    const inside = box && screen.x >= box.left && screen.x <= box.right && screen.y >= box.top && screen.y <= box.bottom
    return inside ? flow.screenToFlowPosition(screen) : null
  }
}
