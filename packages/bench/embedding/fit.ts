// How long does a person wait for "does it fit" while drawing? Asked in Chromium, which is where people draw; in Node as well,
// which is all there is on a machine without it. Refusals with their reasons are included.
import { type Figure, quantile } from '../figure'
import { fitInBrowser } from './fit-browser'
import { fitRounds, HOSTS, NODES } from './fit-rounds'
import type { Timing } from './timed'

export async function fitFigures(quick: boolean, log: (line: string) => void): Promise<Figure[]> {
  const inNode = figuresOf('Node', fitRounds(quick), log)
  const rounds = await fitInBrowser(quick)
  if (!rounds) {
    log('Fit: there is no Chromium on this machine; the figures are those of Node.')
    return inNode
  }
  return [
    ...figuresOf('Chromium', rounds, log),
    ...inNode.map((figure) => ({ ...figure, id: figure.id.replace('fit_', 'fit_node_'), goal: '' })),
  ]
}

function figuresOf(where: string, rounds: readonly Timing[], log: (line: string) => void): Figure[] {
  const refused = rounds.filter((round) => !round.fits).length
  log(`Fit in ${where}: ${rounds.length} questions of ${HOSTS} hosts on ${NODES} nodes, ${refused} refused`)
  const method = `wall time in ${where}, ${HOSTS} hosts on ${NODES} nodes, idle to full, ${refused} of ${rounds.length} refused with a reason`
  const p95 = (of: (round: Timing) => number) => quantile(rounds.map(of), 0.95)
  const figure = { unit: 'ms', baseline: null, n: rounds.length, method }
  return [
    { ...figure, id: 'fit_p95_ms', value: p95(({ totalMs }) => totalMs), goal: '≤ 100' },
    { ...figure, id: 'fit_first_p95_ms', value: p95(({ firstMs }) => firstMs), goal: '≤ 30' },
  ]
}
