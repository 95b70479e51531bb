'use client'
import type { ConnectionLineComponentProps } from '@xyflow/react'
import type { FlowNode } from './flow-model'

/** From the middle of the thing to the pointer, or to the middle of what it is over. */
export function ConnectionLine({ fromNode, toNode, toX, toY }: ConnectionLineComponentProps<FlowNode>) {
  const middle = (node: typeof fromNode) => ({
    x: node.internals.positionAbsolute.x + (node.measured.width ?? 0) / 2,
    y: node.internals.positionAbsolute.y + (node.measured.height ?? 0) / 2,
  })
  const from = middle(fromNode)
  const to = toNode && toNode.id !== fromNode.id ? middle(toNode) : { x: toX, y: toY }
  return (
    <g>
      <path d={`M${from.x} ${from.y}L${to.x} ${to.y}`} className="stroke-accent" strokeWidth="2" fill="none" />
      <circle cx={to.x} cy={to.y} r="4" className="fill-accent" />
    </g>
  )
}
