// How do the ratios look beside each other? An SVG of bars on a logarithmic scale, as they reach from halves to fifties.
import type { Figure } from '../figure'

const ROW = 24
const LEFT = 230
const WIDTH = 480
const TOP = 40

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export function plotRatios(figures: readonly Figure[]): string {
  const ratios = figures.filter((f) => f.unit === '×' && f.value > 0)
  const most = Math.max(2, ...ratios.map((f) => f.value))
  const least = Math.min(0.5, ...ratios.map((f) => f.value))
  const at = (value: number) => LEFT + (WIDTH * Math.log(value / least)) / Math.log(most / least)
  const ticks = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].filter((t) => t >= least && t <= most)
  const height = TOP + ratios.length * ROW + 20
  const rows = ratios.map((figure, i) => {
    const y = TOP + i * ROW
    const [from, to] = [Math.min(at(1), at(figure.value)), Math.max(at(1), at(figure.value))]
    const bar = `<rect x="${from.toFixed(1)}" y="${y}" width="${Math.max(1, to - from).toFixed(1)}" height="${ROW - 8}" class="bar"/>`
    const name = `<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${escapeXml(figure.id)}</text>`
    return `${bar}${name}<text x="${(to + 6).toFixed(1)}" y="${y + 12}">${figure.value.toPrecision(3)}</text>`
  })
  const lines = ticks.map(
    (t) =>
      `<line x1="${at(t).toFixed(1)}" x2="${at(t).toFixed(1)}" y1="${TOP - 10}" y2="${height - 12}" class="${t === 1 ? 'one' : 'tick'}"/>` +
      `<text x="${at(t).toFixed(1)}" y="${TOP - 16}" text-anchor="middle">${t}</text>`,
  )
  const style =
    'text{font:12px sans-serif;fill:#334}.bar{fill:#3b6ea5}.tick{stroke:#d5dae3}.one{stroke:#334}svg{background:#fff}'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 70} ${height}" role="img" aria-label="Ratios of the datapath benchmark"><style>${style}</style>
${[...lines, ...rows].join('\n')}
</svg>
`
}
