'use client'
// The substrate as a picture of how full it is: what is taken of each node and link, what one more slice would add, what
// of it goes where, and what is too narrow.
import { useMemo } from 'react'
import { classes } from '../components/classes'
import { useWidth } from '../components/use-width'
import { heatColor } from './heat'
import { layMap } from './map-layout'

export interface MapNode {
  id: string
  name: string
  latitude: number
  longitude: number
  available: boolean
  /** Of the scarcest of CPU, memory, disk and host slots, 0 … 1. */
  used: number
  adds: number
  /** Names of virtual hosts that would be there, or are. */
  hosts: readonly string[]
}

export interface MapLink {
  id: string
  a: string
  b: string
  capacityMbps: number
  delayMs: number
  usedMbps: number
  addsMbps: number
}

interface LoadMapProps {
  label: string
  nodes: readonly MapNode[]
  links: readonly MapLink[]
  /** What stands in the way. */
  marked?: { nodes: ReadonlySet<string>; links: ReadonlySet<string> }
  height: number
  onNode?: (id: string) => void
}

const RADIUS = 13
const ROUND = 2 * Math.PI * RADIUS
/** Beyond this many nodes only names and colours are drawn. */
const FEW = 24
const NONE = { nodes: new Set<string>(), links: new Set<string>() }

const percent = (share: number) => `${Math.round(share * 100)} %`
const rate = (mbps: number) => (mbps >= 1000 ? `${Math.round(mbps / 10) / 100} G` : `${Math.round(mbps * 10) / 10} M`)
const sum = (used: number, adds: number, say: (value: number) => string) =>
  adds > 0 ? `${used > 0 ? `${say(used)} ` : ''}+ ${say(adds)}` : say(used)

const linkText = (link: MapLink) => `${sum(link.usedMbps, link.addsMbps, rate)} of ${rate(link.capacityMbps)}`

function Label({ x, y, text, strong }: { x: number; y: number; text: string; strong: boolean }) {
  const width = text.length * 6 + 10
  return (
    <>
      <rect x={x - width / 2} y={y - 8} width={width} height={16} rx={3} className="fill-canvas" />
      <text
        x={x}
        y={y + 3.5}
        className={classes(
          'font-mono text-[10px] [text-anchor:middle]',
          strong ? 'fill-failed font-semibold' : 'fill-muted',
        )}
      >
        {text}
      </text>
    </>
  )
}

function NodeMark({ node, marked }: { node: MapNode; marked: boolean }) {
  const over = node.used + node.adds > 1 + 1e-9
  const used = Math.min(1, node.used)
  const adds = Math.min(1 - used, node.adds)
  return (
    <>
      <title>
        {`${node.name}: ${sum(node.used, node.adds, percent)} of it${node.available ? '' : ', not available'}${node.hosts.length > 0 ? `; ${node.hosts.join(', ')}` : ''}`}
      </title>
      {marked && <circle r={RADIUS + 6} className="fill-failed/15 stroke-failed" strokeWidth="2" />}
      <circle
        r={RADIUS}
        className={node.available ? 'fill-raised stroke-line-strong' : 'fill-sunken stroke-line-strong'}
        strokeDasharray={node.available ? undefined : '3 3'}
        strokeWidth="4"
      />
      <circle
        r={RADIUS}
        className="fill-none"
        stroke={heatColor(used)}
        strokeWidth="4"
        strokeDasharray={`${used * ROUND} ${ROUND}`}
        transform="rotate(-90)"
      />
      {adds > 0 && (
        <circle
          r={RADIUS}
          className={classes('fill-none', over ? 'stroke-failed' : 'stroke-accent')}
          strokeWidth="4"
          strokeDasharray={`${Math.max(2, adds * ROUND)} ${ROUND}`}
          transform={`rotate(${-90 + used * 360})`}
        />
      )}
      {node.hosts.length > 0 && (
        <text y="4" className="fill-ink font-semibold text-[11px] [text-anchor:middle]">
          {node.hosts.length}
        </text>
      )}
      <text
        y={RADIUS + 15}
        className={classes(
          'stroke-canvas font-medium text-[12px] [paint-order:stroke] [stroke-width:4px] [text-anchor:middle]',
          marked ? 'fill-failed' : 'fill-ink',
        )}
      >
        {node.name}
      </text>
    </>
  )
}

export function LoadMap({ label, nodes, links, marked = NONE, height, onNode }: LoadMapProps) {
  const [box, width] = useWidth<HTMLDivElement>(640)
  const spots = useMemo(
    () => layMap(nodes, { width, height, edge: Math.min(56, width / 6, height / 5) }),
    [nodes, width, height],
  )
  const few = nodes.length <= FEW
  return (
    <div ref={box} className="min-w-0 overflow-hidden">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture with buttons in it is no fieldset */}
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label={label}>
        {links.map((link) => {
          const [a, b] = [spots.get(link.a), spots.get(link.b)]
          if (!a || !b) return null
          const narrow = marked.links.has(link.id)
          const over = link.usedMbps + link.addsMbps > link.capacityMbps + 1e-9
          const wide = Math.max(2, Math.min(7, 1 + Math.log10(Math.max(1, link.capacityMbps)) * 0.9))
          const line = { x1: a.x, y1: a.y, x2: b.x, y2: b.y }
          return (
            <g key={link.id} data-narrow={narrow || undefined}>
              <title>{`${linkText(link)}bit/s, ${link.delayMs} ms`}</title>
              {narrow && <line {...line} className="stroke-failed/25" strokeWidth={wide + 10} strokeLinecap="round" />}
              <line
                {...line}
                stroke={link.usedMbps > 0 ? heatColor(link.usedMbps / link.capacityMbps) : 'var(--line-strong)'}
                strokeWidth={wide}
              />
              {link.addsMbps > 0 && (
                <line
                  {...line}
                  className={over ? 'stroke-failed' : 'stroke-accent'}
                  strokeWidth={Math.max(1.5, wide / 2)}
                  strokeDasharray="6 5"
                />
              )}
              {narrow && <line {...line} className="stroke-failed" strokeWidth={wide} />}
              {(few || narrow) && (
                <Label x={(a.x + b.x) / 2} y={(a.y + b.y) / 2} text={linkText(link)} strong={narrow || over} />
              )}
            </g>
          )
        })}
        {nodes.map((node) => {
          const spot = spots.get(node.id)
          if (!spot) return null
          const mark = <NodeMark node={node} marked={marked.nodes.has(node.id)} />
          const place = `translate(${spot.x} ${spot.y})`
          return onNode && node.hosts.length > 0 ? (
            // biome-ignore lint/a11y/useSemanticElements: inside a picture there is no <button>
            <g
              key={node.id}
              transform={place}
              role="button"
              tabIndex={0}
              aria-label={`${node.name}: select ${node.hosts.length} here`}
              className="[&:hover>text]:underline"
              onClick={() => onNode(node.id)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' || event.key === ' ') onNode(node.id)
              }}
            >
              {mark}
            </g>
          ) : (
            <g key={node.id} transform={place}>
              {mark}
            </g>
          )
        })}
      </svg>
    </div>
  )
}
