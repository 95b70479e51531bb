// `./myvini bench chaos [--faults N] [--seed N] [--minutes N]`: things are killed, cut, filled and switched off while slices
// come, run, change and go. The seed replays the same faults at the same points; what each of them meets there depends on
// the machine's own timing. It ends after so many faults or minutes, whichever is first.
import { parseArgs } from 'node:util'
import { type Figure, quantile } from '../figure'
import type { BenchOptions } from '../main'
import { Chaos } from './chaos'
import { writeRecord } from './record'

export async function bench({ quick, rest, log }: BenchOptions): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...rest],
    options: { faults: { type: 'string' }, seed: { type: 'string' }, minutes: { type: 'string' } },
  })
  const faults = Number(values.faults ?? (quick ? 30 : 200))
  const seed = Number(values.seed ?? 1)
  const untilMs = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  const lines: string[] = []
  const tell = (line: string) => {
    lines.push(line)
    log(line)
  }
  // The installation is ended in any case; what was found until then is kept.
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopping = true))
  log(`starting an installation of its own; seed ${seed} …`)
  const chaos = await Chaos.start(seed, tell)
  let left: string[] = []
  try {
    while (!stopping && chaos.faults < faults && performance.now() < untilMs) await chaos.round()
    left = await chaos.finish()
    tell(left.length === 0 ? 'all torn down: nothing is left anywhere' : `LEFT OVER: ${left.join('; ')}`)
  } finally {
    await chaos.end()
  }
  await writeRecord({ chaos, seed, left, lines })
  const method = `seed ${seed}; ${chaos.done.size} kinds of faults while slices are deployed, changed and torn down`
  const figure = (id: string, value: number, unit: string, goal: string, n: number): Figure => ({
    ...{ id, value, unit, baseline: null, goal, n, method },
  })
  const settledMs = chaos.rounds.flatMap((r) => r.settledMs ?? [])
  const rounds = chaos.rounds.length
  return [
    figure('chaos_faults', chaos.faults, '', '≥ 200', 1),
    figure('chaos_divergences', chaos.divergences.length + left.length, '', '0', rounds),
    figure('chaos_settle_p50_s', quantile(settledMs, 0.5) / 1000, 's', '', rounds),
    figure('chaos_settle_max_s', quantile(settledMs, 1) / 1000, 's', '≤ 10', rounds),
    figure('chaos_bystander_lost', chaos.bystander.lost, 'packets', '0', chaos.bystander.answered),
  ]
}
