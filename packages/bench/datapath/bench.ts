// `./myvini bench datapath [FIGURE…] [--write]`: how fast do virtual networks forward, beside what they could be built from otherwise?
import { execFileSync } from 'node:child_process'
import { kernelFolder } from '../../../kernel/tests/lab'
import type { Figure } from '../figure'
import type { BenchOptions } from '../main'
import { counters } from './counters'
import { emulation } from './emulation'
import { forwarding } from './forwarding'
import type { Context, Part } from './part'
import { writeReport } from './report'
import { roundTrip } from './round-trip'
import { setUp } from './set-up'
import { slices } from './slices'
import { stream } from './stream'

/** A part more is a file more: its figures are named, measured and written like the others. */
const PARTS: readonly Part[] = [counters, forwarding, slices, stream, roundTrip, emulation, setUp]

function chosen(names: readonly string[]): ReadonlySet<string> {
  const all = PARTS.flatMap((part) => part.ids)
  const strange = names.filter((name) => !all.includes(name))
  if (strange.length > 0) throw new Error(`there is no figure ${strange.join(', ')}; there are ${all.join(', ')}`)
  return new Set(names.length > 0 ? names : all)
}

export async function bench({ quick, rest, log }: BenchOptions): Promise<Figure[]> {
  const wanted = chosen(rest.filter((name) => name !== '--write'))
  const isWhole = rest.length === 0 && !quick
  execFileSync('make', ['-s', '-C', kernelFolder, 'bench'], { stdio: 'inherit' })
  const context: Context = { rounds: quick ? 3 : 7, quick, log }
  const figures: Figure[] = []
  for (const part of PARTS)
    if (part.ids.some((id) => wanted.has(id))) figures.push(...(await part.measure(wanted, context)))
  // Docs hold what a whole run measured, or what somebody asks to be written down.
  if (isWhole || rest.includes('--write')) await writeReport(figures, new Date())
  return figures
}
