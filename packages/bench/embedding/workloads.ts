// How does the solver do on the three settings of the published comparison, on given workloads and on unseen ones?
import type { Figure } from '../figure'
import { stretchUpTo } from './admission'
import { generate } from './generate'
import { grcRank } from './grc-rank'
import { myviniSolver } from './myvini-solver'
import { plRank } from './pl-rank'
import { type Given, givenTraces, PUBLISHED } from './referee'
import { SETTINGS, type Setting, shapeOf } from './shapes'
import { type Score, simulate } from './simulate'
import { type Row, rowOf, scoreTable } from './table'
import type { Trace } from './trace'

/** Not used while the solver was made; drawn by the generator here. */
const UNSEEN_SEEDS = [9001, 9002, 9003]

const STRETCH = 1.6

export interface WorkloadOptions {
  data: string
  effort: number | undefined
  quick: boolean
  log: (line: string) => void
}

interface Scores {
  ours: Score
  picky: Score
  pl: Score
}

function play(trace: Trace, title: string, others: readonly Row[], { effort, log }: WorkloadOptions): Scores {
  const ours = simulate(trace, myviniSolver(trace, effort))
  const picky = simulate(trace, myviniSolver(trace, effort), stretchUpTo(STRETCH))
  const pl = simulate(trace, plRank(trace))
  const grc = simulate(trace, grcRank(trace))
  log(scoreTable(title, [...[ours, picky, pl, grc].map(rowOf), ...others]))
  return { ours, picky, pl }
}

export async function workloadFigures(options: WorkloadOptions): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const setting of SETTINGS) {
    const given = await givenTraces(options.data, setting)
    if (given.length === 0)
      options.log(`${setting.id}: no given workloads in the data folder; only generated ones are run.`)
    const known = given.map((one) => ({ seed: one.seed, scores: playGiven(setting, one, options) }))
    const [first] = given
    const shape = setting.fixed && first ? () => shapeOf(first.trace) : setting.shape
    const unseen = UNSEEN_SEEDS.slice(0, options.quick ? 1 : UNSEEN_SEEDS.length).map((seed) => {
      const trace = generate(setting.id.toUpperCase(), shape, setting.eta, seed)
      return play(trace, `${trace.topology} generated, seed ${seed}`, [], options)
    })
    const seed0 = known.find(({ seed }) => seed === 0)?.scores
    figures.push(...figuresOf(setting, seed0, unseen))
  }
  return figures
}

function playGiven({ id }: Setting, { seed, trace, referee }: Given, options: WorkloadOptions): Scores {
  const published = PUBLISHED[id]
  const others = [
    ...(seed === 0 ? [{ ...published, solver: `${published.solver} (published)` }] : []),
    ...referee.map((row) => ({ ...row, solver: `${row.solver} (referee)` })),
  ]
  return play(trace, `${trace.topology} given, seed ${seed}`, others, options)
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** The goal is for seed 0 where it is given; the unseen ones stand beside it, with PL-Rank's own score on them. */
function figuresOf({ id }: Setting, seed0: Scores | undefined, unseen: readonly Scores[]): Figure[] {
  const where = seed0 ? 'given workload, seed 0' : 'generated workloads'
  const shown = seed0 ? [seed0] : unseen
  const over = (scores: readonly Scores[], of: (one: Scores) => number) => mean(scores.map(of))
  const n = shown.length
  const { rac, lrc } = PUBLISHED[id]
  const figure = (
    name: string,
    value: number,
    unit: string,
    baseline: number | null,
    goal: string,
    method: string,
  ) => ({
    id: `vne_${id}_${name}`,
    value,
    unit,
    baseline,
    goal,
    n,
    method,
  })
  const pl = 'PL-Rank on the same requests'
  const [ourRac, plRac] = [over(unseen, ({ ours }) => ours.rac), over(unseen, (one) => one.pl.rac)]
  const [ourLrc, plLrc] = [over(unseen, ({ ours }) => ours.lrc), over(unseen, (one) => one.pl.lrc)]
  return [
    figure(
      'rac',
      over(shown, ({ ours }) => ours.rac),
      '',
      over(shown, (one) => one.pl.rac),
      `≥ ${rac}`,
      `accepted share, ${where}; baseline ${pl}`,
    ),
    figure(
      'lrc',
      over(shown, ({ ours }) => ours.lrc),
      '',
      over(shown, (one) => one.pl.lrc),
      `≥ ${lrc}`,
      `long-term revenue to cost, ${where}; baseline ${pl}`,
    ),
    figure(
      'ms',
      over(shown, ({ ours }) => ours.meanMs),
      'ms',
      over(shown, (one) => one.pl.meanMs),
      '≤ 50',
      `mean CPU time a request, ${where}; baseline ${pl}`,
    ),
    {
      ...figure(
        'unseen_rac',
        ourRac,
        '',
        plRac,
        '≥ baseline + 0.08',
        `accepted share, generated workloads; baseline ${pl}`,
      ),
      n: unseen.length,
    },
    {
      ...figure(
        'unseen_lrc',
        ourLrc,
        '',
        plLrc,
        '≥ baseline + 0.05',
        `long-term revenue to cost, generated workloads; baseline ${pl}`,
      ),
      n: unseen.length,
    },
  ]
}
