// How do scores stand beside each other? Solver, acceptance, long-term revenue to cost, and the time a request took.
import type { Score } from './simulate'

export interface Row {
  solver: string
  rac: number
  lrc: number
  ms?: Pick<Score, 'meanMs' | 'p50Ms' | 'p95Ms'>
}

export const rowOf = (score: Score): Row => ({
  solver: score.admission === 'always' ? score.solver : `${score.solver}, ${score.admission}`,
  rac: score.rac,
  lrc: score.lrc,
  ms: score,
})

export function scoreTable(title: string, rows: readonly Row[]): string {
  const time = (ms: number | undefined) => (ms === undefined ? '' : ms.toFixed(2)).padStart(9)
  return [
    title,
    `  ${'solver'.padEnd(34)}${'RAC %'.padStart(7)}${'LRC'.padStart(9)}${'mean ms'.padStart(9)}${'p50'.padStart(9)}${'p95'.padStart(9)}`,
    ...rows.map(({ solver, rac, lrc, ms }) =>
      `  ${solver.padEnd(34)}${(rac * 100).toFixed(1).padStart(7)}${lrc.toFixed(4).padStart(9)}${time(ms?.meanMs)}${time(ms?.p50Ms)}${time(ms?.p95Ms)}`.trimEnd(),
    ),
  ].join('\n')
}
