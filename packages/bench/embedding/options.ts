// What can be asked of the benchmark? `--trace FILE` one workload instead of all; `--placements FILE` what went where, as
// JSON lines; `--data FOLDER` where the given workloads are; `--effort N` edges a request; `--only vne,scale,fit,admission`.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export const PARTS = ['vne', 'scale', 'fit', 'admission'] as const
export type Part = (typeof PARTS)[number]

export interface EmbeddingBenchOptions {
  trace: string | null
  placements: string | null
  data: string
  /** Absent: what the product spends. */
  effort: number | undefined
  only: readonly Part[]
}

/** Beside the checkout, as for everyone who works on it; never part of the repository. */
const SHARED = fileURLToPath(new URL('../../../../shared/data/vne', import.meta.url))

export function parseOptions(rest: readonly string[]): EmbeddingBenchOptions {
  const { values } = parseArgs({
    args: [...rest],
    options: {
      trace: { type: 'string' },
      placements: { type: 'string' },
      data: { type: 'string', default: SHARED },
      effort: { type: 'string' },
      only: { type: 'string', default: PARTS.join() },
    },
  })
  const effort = values.effort === undefined ? undefined : Number(values.effort)
  if (effort !== undefined && !(effort > 0)) throw new Error(`--effort wants a number above 0, not "${values.effort}"`)
  const asked = values.only.split(',')
  const only = PARTS.filter((part) => asked.includes(part))
  const unknown = asked.find((part) => !PARTS.some((known) => known === part))
  if (unknown !== undefined) throw new Error(`--only knows ${PARTS.join(', ')}, not "${unknown}"`)
  return {
    trace: values.trace === undefined ? null : path.resolve(values.trace),
    placements: values.placements === undefined ? null : path.resolve(values.placements),
    data: path.resolve(values.data),
    effort,
    only,
  }
}
