// `./myvini bench embedding`: how good and how quick is the solver, beside the published ones?
import { writeFile } from 'node:fs/promises'
import { admissionFigures } from '../admission/bench'
import type { Figure } from '../figure'
import type { BenchOptions } from '../main'
import { fitFigures } from './fit'
import { grcRank } from './grc-rank'
import { myviniSolver } from './myvini-solver'
import { type EmbeddingBenchOptions, parseOptions } from './options'
import { plRank } from './pl-rank'
import { placementLine, placementText } from './placements'
import { scaleFigures } from './scale'
import { simulate } from './simulate'
import { rowOf, scoreTable } from './table'
import { readTrace } from './trace'
import { workloadFigures } from './workloads'

export async function bench({ quick, rest, log }: BenchOptions): Promise<Figure[]> {
  const options = parseOptions(rest)
  if (options.trace !== null) return oneTrace(options.trace, options, log)
  const figures: Figure[] = []
  if (options.only.includes('fit')) figures.push(...(await fitFigures(quick, log)))
  if (options.only.includes('scale')) figures.push(...scaleFigures(quick, log))
  if (options.only.includes('vne')) figures.push(...(await workloadFigures({ ...options, quick, log })))
  if (options.only.includes('admission')) figures.push(...(await admissionFigures(quick, log)))
  return figures
}

async function oneTrace(
  file: string,
  { placements, effort }: EmbeddingBenchOptions,
  log: (line: string) => void,
): Promise<Figure[]> {
  const trace = await readTrace(file)
  const ours = simulate(trace, myviniSolver(trace, effort))
  for (const one of ours.accepted) log(placementText(trace, one))
  if (placements !== null)
    await writeFile(placements, ours.accepted.map((one) => `${placementLine(trace, one)}\n`).join(''))
  const pl = simulate(trace, plRank(trace))
  const grc = simulate(trace, grcRank(trace))
  log(scoreTable(`${trace.topology}, seed ${trace.seed}`, [ours, pl, grc].map(rowOf)))
  const figure = (id: string, value: number, unit: string, baseline: number, method: string): Figure => ({
    id: `vne_trace_${id}`,
    value,
    unit,
    baseline,
    goal: '',
    n: trace.requests.length,
    method: `${method}; baseline PL-Rank`,
  })
  return [
    figure('rac', ours.rac, '', pl.rac, 'accepted share'),
    figure('lrc', ours.lrc, '', pl.lrc, 'long-term revenue to cost'),
    figure('ms', ours.meanMs, 'ms', pl.meanMs, 'mean CPU time a request'),
    figure('p50_ms', ours.p50Ms, 'ms', pl.p50Ms, 'median CPU time a request'),
    figure('p95_ms', ours.p95Ms, 'ms', pl.p95Ms, '95th percentile of CPU time a request'),
  ]
}
