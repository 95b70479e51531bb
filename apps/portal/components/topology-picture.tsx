import type { Topology } from '@myvini/core/topology/topology'

interface Point {
  x: number
  y: number
}

const WIDTH = 160
const HEIGHT = 96
const EDGE = 12

/** Everything of the drawing, as large as it can be. */
function fit(points: readonly Point[]): (point: Point) => Point {
  const xs = points.map((p) => p.x)
  const ys = points.map((p) => p.y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top]
  const scale = Math.min((WIDTH - 2 * EDGE) / (wide || 1), (HEIGHT - 2 * EDGE) / (high || 1), 0.4)
  const [padX, padY] = [(WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2]
  return ({ x, y }) => ({ x: padX + (x - left) * scale, y: padY + (y - top) * scale })
}

/** A network at a glance: where things are and how they hang together. */
export function TopologyPicture({ topology, className }: { topology: Topology; className?: string }) {
  const things = [...topology.hosts, ...topology.lans]
  if (things.length === 0)
    return (
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden className={className}>
        <path
          d={`M${WIDTH / 2 - 8} ${HEIGHT / 2}h16m-8-8v16`}
          className="stroke-line-strong"
          strokeWidth="2"
          strokeLinecap="round"
        />
      </svg>
    )
  const place = fit(things.map((thing) => thing.position))
  const at = new Map<string, Point>(things.map((thing) => [thing.id, place(thing.position)]))
  const size = things.length > 60 ? 1.5 : things.length > 20 ? 2.5 : 4
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden className={className}>
      {topology.links.map((link) => {
        const [a, b] = link.ends.map((end) => at.get(end.kind === 'lan' ? end.lan : end.host))
        return a && b ? (
          <line key={link.id} x1={a.x} y1={a.y} x2={b.x} y2={b.y} className="stroke-line-strong" strokeWidth="1.25" />
        ) : null
      })}
      {topology.lans.map((lan) => {
        const p = at.get(lan.id)
        return p ? (
          <rect
            key={lan.id}
            x={p.x - size * 2.2}
            y={p.y - size * 0.5}
            width={size * 4.4}
            height={size}
            rx={size / 2}
            className="fill-muted"
          />
        ) : null
      })}
      {topology.hosts.map((host) => {
        const p = at.get(host.id)
        if (!p) return null
        // A way out leads beyond the drawing: an arrow from its router's dot.
        if (host.kind === 'gateway')
          return (
            <g key={host.id}>
              <circle cx={p.x} cy={p.y} r={size} className="fill-raised stroke-accent" strokeWidth="1.25" />
              <path
                d={`M${p.x - size * 0.5} ${p.y + size * 0.5}l${size} ${-size}m${-size * 0.75} 0h${size * 0.75}v${size * 0.75}`}
                className="fill-none stroke-accent"
                strokeWidth="1.25"
              />
            </g>
          )
        return host.kind !== 'host' ? (
          <circle key={host.id} cx={p.x} cy={p.y} r={size} className="fill-accent" />
        ) : (
          <rect
            key={host.id}
            x={p.x - size}
            y={p.y - size}
            width={size * 2}
            height={size * 2}
            rx={size * 0.35}
            className="fill-raised stroke-muted"
            strokeWidth="1.25"
          />
        )
      })}
    </svg>
  )
}
