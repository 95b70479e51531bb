'use client'
// Rate and delay over time, small enough to stand in the inspector.
import type { ApiOutput } from '../../server/routers/types'

type Trace = NonNullable<ApiOutput['emulation']['trace']>

const WIDTH = 240
const HEIGHT = 56
const number = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(1))

/** A step each point: between two of them nothing is known to change. */
function pathOf(values: readonly number[], most: number): string {
  const x = (i: number) => ((i * WIDTH) / values.length).toFixed(1)
  const y = (value: number) => (HEIGHT - 2 - (most > 0 ? value / most : 0) * (HEIGHT - 6)).toFixed(1)
  return values.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(v)}H${x(i + 1)}`).join('')
}

export function TracePlot({ durationMs, points }: Trace) {
  const rates = points.map((p) => p.rateMbps ?? 0)
  const delays = points.map((p) => p.delayMs)
  const [mostRate, mostDelay] = [Math.max(...rates), Math.max(...delays)]
  const outages = points.flatMap((p, i) => (p.rateMbps === 0 ? [i] : []))
  const words = [
    mostRate > 0 && `up to ${number(mostRate)} Mbit/s`,
    mostDelay > 0 && `up to ${number(mostDelay)} ms`,
    outages.length > 0 && 'with gaps',
  ].filter((w) => w !== false)
  const title = `${(durationMs / 1000).toFixed(0)} s, ${words.join(', ')}`
  return (
    <figure className="flex flex-col gap-1">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-14 w-full rounded-sm bg-sunken">
        <title>{title}</title>
        {outages.map((i) => (
          <rect
            key={points[i]?.timeMs}
            x={(i * WIDTH) / points.length}
            width={Math.max(1, WIDTH / points.length)}
            height={HEIGHT}
            className="fill-failed-soft"
          />
        ))}
        {mostRate > 0 && (
          <path
            d={pathOf(rates, mostRate)}
            fill="none"
            className="stroke-accent"
            strokeWidth="1.25"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {mostDelay > 0 && (
          <path
            d={pathOf(delays, mostDelay)}
            fill="none"
            className="stroke-changing-line"
            strokeWidth="1.25"
            strokeDasharray="3 2"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <figcaption className="flex flex-wrap gap-x-3 text-faint text-xs">
        <span>{(durationMs / 1000).toFixed(0)} s</span>
        {mostRate > 0 && <span className="text-accent">— ≤ {number(mostRate)} Mbit/s</span>}
        {mostDelay > 0 && <span className="text-changing">┄ ≤ {number(mostDelay)} ms</span>}
      </figcaption>
    </figure>
  )
}
