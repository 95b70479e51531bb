'use client'
import { ViewportPortal } from '@xyflow/react'
import { memo } from 'react'
import { type Body, cornersOf, hullOf, type Point, sizeOf } from '../model/geometry'
import { useShown, useView } from '../workspace-context'

const ROOM = 26

interface Hull {
  node: string
  points: Point[]
  label: Point
}

const bounds = (points: readonly Point[]) => ({
  left: Math.min(...points.map((p) => p.x)),
  top: Math.min(...points.map((p) => p.y)),
  right: Math.max(...points.map((p) => p.x)),
  bottom: Math.max(...points.map((p) => p.y)),
})

/** Substrate nodes, drawn around what they carry. */
export const Hulls = memo(function Hulls() {
  const topology = useShown((s) => s.history.present)
  const hosts = useView((v) => v.status?.hosts)
  const shown = useView((v) => v.where)
  if (!shown || !hosts) return null
  const carried = new Map<string, Body[]>()
  for (const thing of [...topology.hosts, ...topology.lans]) {
    const node = hosts[thing.id]?.node
    if (!node) continue
    const shape = 'kind' in thing ? thing.kind : 'lan'
    const body: Body = { shape, center: thing.position, size: sizeOf(shape) }
    carried.set(node, [...(carried.get(node) ?? []), body])
  }
  const hulls = [...carried].map(([node, bodies]): Hull => {
    const points = hullOf(bodies.flatMap((b) => cornersOf(b, ROOM)))
    const highest = points.reduce((best, p) => (p.y < best.y ? p : best), points[0] ?? { x: 0, y: 0 })
    return { node, points, label: highest }
  })
  const box = bounds(hulls.flatMap((h) => h.points))
  if (hulls.length === 0) return null
  return (
    <ViewportPortal>
      <svg
        className="mv-hulls"
        aria-hidden
        style={{ left: box.left - 20, top: box.top - 30 }}
        width={box.right - box.left + 40}
        height={box.bottom - box.top + 60}
        viewBox={`${box.left - 20} ${box.top - 30} ${box.right - box.left + 40} ${box.bottom - box.top + 60}`}
      >
        {hulls.map(({ node, points, label }) => (
          <g key={node}>
            <path
              d={`M${points.map((p) => `${p.x} ${p.y}`).join('L')}Z`}
              className="fill-waiting/10 stroke-waiting/50"
              strokeWidth="14"
              strokeLinejoin="round"
            />
            <text x={label.x} y={label.y - 12} className="mv-hull-name">
              {node}
            </text>
          </g>
        ))}
      </svg>
    </ViewportPortal>
  )
})
