'use client'
import Link from 'next/link'
import { useMemo } from 'react'
import { useWidth } from '../components/use-width'
import { pathTo } from '../paths'
import type { ApiOutput } from '../server/routers/types'
import { layMap } from './map-layout'
import { nodeTone } from './node-health'

type Node = ApiOutput['nodes']['list'][number]
type SubstrateLink = ApiOutput['nodes']['links'][number]

const TONE_FILL = {
  running: 'fill-running-soft stroke-running',
  changing: 'fill-changing-soft stroke-changing-line',
  failed: 'fill-failed-soft stroke-failed',
  waiting: 'fill-waiting-soft stroke-waiting',
  neutral: 'fill-sunken stroke-faint',
} as const

const linkColor = (share: number) =>
  share > 0.9
    ? 'stroke-failed'
    : share > 0.6
      ? 'stroke-changing-line'
      : share > 0
        ? 'stroke-waiting'
        : 'stroke-line-strong'

const short = (mbps: number) => (mbps >= 1000 ? `${Math.round(mbps / 100) / 10} G` : `${mbps} M`)

/** Of one sign in the label's font, in the picture's units. */
const SIGN = { width: 6, height: 14 }

/** On a patch of its own, so that the line does not run through the words. */
function LinkLabel({ x, y, text }: { x: number; y: number; text: string }) {
  const width = (text.length + 2) * SIGN.width
  return (
    <>
      <rect x={x - width / 2} y={y - SIGN.height / 2} width={width} height={SIGN.height} className="fill-canvas" />
      <text x={x} y={y + 3} className="fill-muted font-mono text-[10px] [text-anchor:middle]">
        {text}
      </text>
    </>
  )
}

/** Nodes where they stand, with what their links can carry and what is taken of it. */
export function SubstrateMap({
  nodes,
  links,
  here,
}: {
  nodes: readonly Node[]
  links: readonly SubstrateLink[]
  here?: string
}) {
  const [box, width] = useWidth<HTMLDivElement>(960)
  const height = Math.round(Math.max(240, Math.min(420, width * 0.45)))
  const spots = useMemo(
    () => layMap(nodes, { width, height, edge: Math.min(64, width / 7, height / 5) }),
    [nodes, width, height],
  )
  const few = nodes.length <= 24 && width > 480
  return (
    <div ref={box} className="mb-4 overflow-hidden rounded-lg border border-line bg-canvas">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture with links in it is no fieldset */}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label={`Picture of ${nodes.length} nodes and ${links.length} links; the tables below say the same.`}
      >
        {links.map((link) => {
          const [a, b] = [spots.get(link.a.id), spots.get(link.b.id)]
          if (!a || !b) return null
          const share = link.usedMbps / link.capacityMbps
          return (
            <g key={link.id}>
              <title>{`${link.a.name}–${link.b.name}: ${Math.round(link.usedMbps)} of ${link.capacityMbps} Mbit/s promised, ${link.delayMs} ms`}</title>
              <line
                x1={a.x}
                y1={a.y}
                x2={b.x}
                y2={b.y}
                className={linkColor(share)}
                strokeWidth={Math.max(1.5, Math.min(7, 1 + Math.log10(link.capacityMbps) * 0.9))}
              />
              {few && (
                <LinkLabel
                  x={(a.x + b.x) / 2}
                  y={(a.y + b.y) / 2}
                  text={`${short(link.usedMbps)} / ${short(link.capacityMbps)} · ${link.delayMs} ms`}
                />
              )}
            </g>
          )
        })}
        {nodes.map((node) => {
          const spot = spots.get(node.id)
          if (!spot) return null
          const share = node.used.cpuMilli / node.cpuMilli
          const round = 2 * Math.PI * 13
          return (
            <Link key={node.id} href={pathTo.node(node.id)} aria-label={`Node ${node.name}`} tabIndex={-1}>
              <g transform={`translate(${spot.x} ${spot.y})`} className="[&:hover>text]:underline">
                <title>{`${node.name}: ${Math.round(share * 100)} % of its CPU promised`}</title>
                {here === node.id && <circle r="19" className="fill-none stroke-accent" strokeWidth="2" />}
                <circle r="13" className={TONE_FILL[nodeTone(node)]} strokeWidth="1.5" />
                <circle
                  r="13"
                  className="fill-none stroke-waiting"
                  strokeWidth="4"
                  strokeDasharray={`${share * round} ${round}`}
                  transform="rotate(-90)"
                />
                <text
                  y="28"
                  className="fill-ink stroke-canvas font-medium text-[12px] [paint-order:stroke] [stroke-width:4px] [text-anchor:middle]"
                >
                  {node.name}
                </text>
              </g>
            </Link>
          )
        })}
      </svg>
    </div>
  )
}
