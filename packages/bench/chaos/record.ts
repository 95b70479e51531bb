// What is kept of a run: its log, a summary that people read and one that programs read, in docs/benchmarks.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { CHECKOUT } from '@myvini/launcher/instance'
import { quantile } from '../figure'
import { type Chaos, SETTLE_MS } from './chaos'

const FOLDER = join(CHECKOUT, 'docs/benchmarks')
const BEGIN = '<!-- last run: written by ./myvini bench chaos -->'
const END = '<!-- end of last run -->'

export interface Run {
  chaos: Chaos
  seed: number
  /** What was left anywhere after everything was torn down. */
  left: readonly string[]
  lines: readonly string[]
}

const seconds = (ms: number) => (ms / 1000).toFixed(1)

function summary({ chaos, seed, left }: Run) {
  const settledMs = chaos.rounds.flatMap((r) => r.settledMs ?? [])
  return {
    seed,
    faults: chaos.faults,
    rounds: chaos.rounds.length,
    divergences: [...chaos.divergences, ...left],
    settledS: {
      median: seconds(quantile(settledMs, 0.5)),
      p95: seconds(quantile(settledMs, 0.95)),
      most: seconds(quantile(settledMs, 1)),
    },
    late: settledMs.filter((ms) => ms > SETTLE_MS).length,
    bystander: { answered: chaos.bystander.answered, lost: chaos.bystander.lost },
    kinds: Object.fromEntries([...chaos.done].toSorted(([a], [b]) => a.localeCompare(b))),
    loadAverage: loadavg().map((n) => Number(n.toFixed(1))),
    processors: availableParallelism(),
  }
}

function inWords(s: ReturnType<typeof summary>): string {
  const kinds = Object.entries(s.kinds).map(([name, n]) => `| ${name} | ${n} |`)
  return [
    `Seed ${s.seed}: **${s.faults} faults in ${s.rounds} rounds, ${s.divergences.length} divergences.** As promised`,
    `${s.settledS.median} s after the last fault of a round (median), ${s.settledS.p95} s (95 %), ${s.settledS.most} s (the longest).`,
    `The bystander's pings were answered ${s.bystander.answered} times; ${s.bystander.lost} were lost without an excuse.`,
    `Load averages at the end ${s.loadAverage.join(', ')} on ${s.processors} processors.`,
    '',
    ...s.divergences.map((d) => `- ${d}`),
    ...(s.divergences.length > 0 ? [''] : []),
    '| fault | times |',
    '| ----- | ----- |',
    ...kinds,
  ].join('\n')
}

export async function writeRecord(run: Run): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const told = summary(run)
  await writeFile(join(FOLDER, 'chaos.log'), `${run.lines.join('\n')}\n`)
  await writeFile(join(FOLDER, 'chaos.json'), `${JSON.stringify(told, null, 2)}\n`)
  const path = join(FOLDER, 'chaos.md')
  const page = await readFile(path, 'utf8').catch(() => `# Chaos\n\n${BEGIN}\n${END}\n`)
  const [before = '', rest = ''] = page.split(BEGIN)
  const after = rest.split(END)[1] ?? '\n'
  await writeFile(path, `${before}${BEGIN}\n\n${inWords(told)}\n\n${END}${after}`)
}
