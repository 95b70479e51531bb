// What is kept of a run? docs/benchmarks/hosts.md and .json: each figure with the load of the machine while it was measured.
// Figures that were not asked for this time stay as they were measured before.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { cell, type Figure } from '../figure'
import { machine } from '../machine'

const root = path.resolve(import.meta.dirname, '../../..')
const folder = path.join(root, 'docs/benchmarks')

export interface Measured extends Figure {
  /** Load average of the last minute, before and after. */
  load: [number, number]
}

const Kept = z.object({
  figures: z.array(
    z.object({
      ...{ id: z.string(), value: z.number().nullable(), unit: z.string(), baseline: z.number().nullable() },
      ...{ goal: z.string(), n: z.number(), method: z.string(), load: z.tuple([z.number(), z.number()]) },
      ...{ at: z.string(), on: z.string() },
    }),
  ),
})
type Kept = z.infer<typeof Kept>

/** What is said of the figures by hand, from its heading on, stays. */
const BY_HAND = '\n## How these figures are to be read'

const row = (f: Kept['figures'][number]) =>
  `| \`${f.id}\` | ${cell(f.value)} | ${f.unit} | ${cell(f.baseline)} | ${f.goal} | ${f.n} | ${f.load.join(' to ')} | ${f.method} |`

export async function writeReport(figures: readonly Measured[], order: readonly string[], when: Date): Promise<void> {
  const json = path.join(folder, 'hosts.json')
  const before = await readFile(json, 'utf8').catch(() => '{"figures":[]}')
  const at = when.toISOString()
  const now = figures.map((f) => ({ ...f, value: Number.isNaN(f.value) ? null : f.value, at, on: machine() }))
  const old = Kept.parse(JSON.parse(before)).figures.filter((f) => !now.some((n) => n.id === f.id))
  const all = [...now, ...old].toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
  const file = path.join(folder, 'hosts.md')
  const [, ...byHand] = (await readFile(file, 'utf8')).split(BY_HAND)
  const days = [...new Set(all.map((f) => `${f.on}, ${f.at.slice(0, 10)}`))]
  const text = `# Virtual hosts and their nodes, measured

\`./myvini bench hosts [FIGURE …]\`; \`--quick\` for fewer rounds. Written by a whole run, and by \`--write\` for the figures that
were asked for.

**Machine.** ${days.join('; ')}.

**Method.** Figures of slices start an installation of their own (portal, Postgres, controller, four boxed nodes with an sshd
each) and remove it afterwards; they are taken as an open page of the portal sees it, by its API and its live events. Mininet,
from Debian's package, runs in a private PID namespace, since its clean-up kills by name; its rounds alternate with ours, and
its median is the baseline. A thousand nodes are played by the controller's own process, which pays for playing them. Load is
the machine's load average of one minute before and after, ours included: with two processors, beyond about 4 wall times are
upper bounds.

| figure | value | unit | baseline | at least (aim) | rounds | load | how |
| ------ | ----- | ---- | -------- | -------------- | ------ | ---- | --- |
${all.map(row).join('\n')}
`
  await writeFile(file, `${text}${byHand.map((part) => BY_HAND + part).join('')}`)
  await writeFile(json, `${JSON.stringify({ figures: all } satisfies Kept, null, 2)}\n`)
  // As the repository keeps all its files.
  await promisify(execFile)(path.join(root, 'node_modules/.bin/biome'), ['format', '--write', file, json], {
    cwd: root,
  })
}
